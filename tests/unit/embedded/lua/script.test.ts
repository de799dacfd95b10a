import { compileChunk } from '../../../../src/embedded/lua/compile';
import { createMachine } from '../../../../src/embedded/lua/environment';
import { LuaError, LuaTable, type LuaValue } from '../../../../src/embedded/lua/value';

function run(source: string): LuaValue[] {
  const machine = createMachine('user_script', () => ({}));
  return machine
    .run(compileChunk(machine, source))
    .map((value) => (value instanceof LuaTable ? (value.list as unknown as LuaValue) : value));
}

function failureOf(source: string): unknown {
  try {
    run(source);
    return undefined;
  } catch (error) {
    return error instanceof LuaError ? error.value : (error as Error).message;
  }
}

describe('the language', () => {
  test.each<[string, LuaValue[]]>([
    ['return 1 + 2 * 3 ^ 2, 7 % -3, 2 .. 3', [19, -2, '23']],
    ['local a, b = (function() return 1, 2 end)() return b, a', [2, 1]],
    ['local n = 0 for i = 10, 1, -4 do n = n + i end return n', [18]],
    ['local t = {} for k, v in pairs({x = 1}) do t[1] = k .. v end return t[1]', ['x1']],
    ['local f = {} for i = 1, 2 do f[i] = function() i = i + 1 return i end end return f[1](), f[1](), f[2]()', [2, 3, 3]],
    ['local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end return fib(15)', [610]],
    ['local t = setmetatable({}, {__index = function(_, k) return k .. "!" end}) return t.a, rawget(t, "a")', ['a!', undefined]],
    ['local i = 0 repeat local stop = i == 3 i = i + 1 until stop return i', [4]],
    ['return select("#", nil, nil), (select(2, "a", "b"))', [2, 'b']],
    ['return pcall(error, {code = 1}) and "yes" or "no"', ['no']],
    ['return ("%d-%s"):format(5, "x"), #"abc", not nil', ['5-x', 3, true]],
    ['return [==[\na]]b]==], "\\65\\n"', ['a]]b', 'A\n']],
    ['return string.gsub("hello world", "(%w+) (%w+)", "%2 %1")', ['world hello', 1]],
    ['return cjson.encode({a = {1, 2}}), cjson.decode("[true]")[1]', ['{"a":[1,2]}', true]],
    ['return unpack({cmsgpack.unpack(cmsgpack.pack("x", 1.5, 300))})', ['x', 1.5, 300]],
  ])('%s', (source, expected) => {
    expect(run(source)).toEqual(expected);
  });

  test.each([
    ['error("x")', 'user_script:1: x'],
    ['local t\nreturn t.x', "user_script:2: attempt to index local 't' (a nil value)"],
    ['return nothing', "user_script:1: Script attempted to access nonexistent global variable 'nothing'"],
    ['x = 1', 'user_script:1: Attempt to modify a readonly table'],
    ['return 1 + {}', 'user_script:1: attempt to perform arithmetic on a table value'],
    ['return 1 < "2"', 'user_script:1: attempt to compare number with string'],
    ['local function f() return f() + 1 end return f()', 'user_script:1: stack overflow'],
    ['return coroutine.create(print)', "user_script:1: Script attempted to access nonexistent global variable 'print'"],
    ['coroutine.wrap(error)', 'user_script:1: the embedded server does not support coroutine.wrap'],
    ['return =', "user_script:1: unexpected symbol near '='"],
    ['for i = 1 do end', "user_script:1: ',' expected near 'do'"],
  ])('%s fails with %s', (source, message) => {
    expect(failureOf(source)).toBe(message);
  });
});
