import { compileChunk } from '../../../../src/embedded/lua/compile';
import { createMachine } from '../../../../src/embedded/lua/environment';
import { LuaError, type LuaValue } from '../../../../src/embedded/lua/value';

const newMachine = (): ReturnType<typeof createMachine> => createMachine('user_script', () => ({}));

function run(source: string): LuaValue[] {
  const machine = newMachine();
  return machine.run(compileChunk(machine, source));
}

describe('what would be an error of the host', () => {
  test.each<[string, LuaValue[]]>([
    ['return string.format("%x %d %u", 0/0, 1/0, -1/0)', ['8000000000000000 -9223372036854775808 9223372036854775808']],
    ['return bit.band(0/0, 1), bit.tobit(1/0), bit.lshift(1, 1/0)', [0, 0, 1]],
    ['math.randomseed(1/0) return math.random(1000000)', [170829]],
    ['return string.rep("x", 2^32 + 2), #string.rep("x", 1/0)', ['xx', 0]],
    ['return unpack({1}, 1, 1/0)', []],
    ['return table.concat({1}, ",", 1, 2^32)', ['']],
    ['local t = {1} table.insert(t, 1/0, 5) return t[0], t[1], t[2]', [5, undefined, 1]],
    ['return string.sub("hello", -1/0, 2^40)', ['hello']],
    ['return select(2^32 + 1, "a", "b")', ['a', 'b']],
  ])('%s', (source, expected) => {
    expect(run(source)).toEqual(expected);
  });

  test.each([
    ['return bit.band()', "user_script:1: bad argument #1 to 'band' (number expected, got no value)"],
    ['local function f() return f() + 1 end return f()', 'user_script:1: stack overflow'],
    ['local t = {} setmetatable(t, {__index = t}) return t.x', 'user_script:1: loop in gettable'],
    ['local t = {} setmetatable(t, {__newindex = t}) t.x = 1', 'user_script:1: loop in settable'],
    ['local s = string.rep("x", 2^27) return #(s .. s .. s .. s .. s)', 'user_script:1: string length overflow'],
    ['return unpack({}, 1, 1e6)', 'user_script:1: too many results to unpack'],
    ['return string.format("%100d", 1)', 'user_script:1: invalid format (width or precision too long)'],
    ['return cjson.decode(string.rep("[", 1e5))', 'user_script:1: Found too many nested data structures (1001) at character 1001'],
    ['local t = {} t.t = t return cjson.encode(t)', 'user_script:1: Cannot serialise, excessive nesting (1001)'],
  ])('%s fails with %s', (source, message) => {
    let failure: unknown;
    try {
      run(source);
    } catch (error) {
      failure = error instanceof LuaError ? error.value : error;
    }

    expect(failure).toBe(message);
  });

  test('is told apart from a fault of our own', () => {
    const fault = new RangeError('there is no database 99');

    expect(newMachine().raised(fault)).toBe(fault);
  });
});
