import { luaFault } from '../messages';
import { library, libraryFunction } from './library/arguments';
import { baseFunctions } from './library/base';
import { jsonLibrary } from './library/json';
import { messagePackLibrary } from './library/message-pack';
import { bitFunctions, mathFunctions, RandomNumbers } from './library/numbers';
import { stringFunctions } from './library/strings';
import { tableFunctions } from './library/tables';
import { Machine } from './machine';
import { LuaTable } from './value';

/** A machine with the libraries that scripts of the server see; globals cannot be added or changed. */
export function createMachine(chunkName: string, more: (machine: Machine) => Readonly<Record<string, LuaTable>>): Machine {
  const globals = new LuaTable();
  const machine = new Machine(globals, chunkName);
  for (const [name, body] of Object.entries(baseFunctions)) globals.set(name, libraryFunction(machine, name, body));
  const math = library(machine, mathFunctions(new RandomNumbers()));
  math.set('pi', Math.PI);
  math.set('huge', Infinity);
  const string = library(machine, stringFunctions);
  machine.stringMetatable.set('__index', string);
  const libraries = {
    string,
    math,
    table: library(machine, tableFunctions),
    bit: library(machine, bitFunctions),
    cjson: jsonLibrary(machine),
    cmsgpack: messagePackLibrary(machine),
    coroutine: coroutines(machine),
    os: library(machine, { clock: () => [performance.now() / 1000] }),
    ...more(machine),
  };
  for (const [name, table] of Object.entries(libraries)) globals.set(name, table);
  globals.set('_G', globals);
  globals.set('_VERSION', 'Lua 5.1');
  guard(machine, globals);
  return machine;
}

/** Reading a global that does not exist is an error. */
function guard(machine: Machine, globals: LuaTable): void {
  const metatable = new LuaTable();
  metatable.set(
    '__index',
    libraryFunction(machine, '__index', (args) => {
      throw machine.fault(luaFault.unknownGlobal(args.text(2)));
    }),
  );
  metatable.readonly = true;
  globals.metatable = metatable;
  globals.readonly = true;
}

/** Coroutines are not supported; each function throws an error that says so. */
function coroutines(machine: Machine): LuaTable {
  const names = ['create', 'resume', 'running', 'status', 'wrap', 'yield'];
  return library(
    machine,
    Object.fromEntries(
      names.map((name) => [
        name,
        () => {
          throw machine.fault(luaFault.noCoroutines(name));
        },
      ]),
    ),
  );
}
