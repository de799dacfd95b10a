import { luaFault } from '../../messages';
import type { Machine } from '../machine';
import { toInt, toLong } from '../c-numbers';
import { numberText } from '../number-text';
import { toNumber } from '../operations';
import { LuaFunction, LuaTable, typeName, type LuaError, type LuaValue } from '../value';

/** The most values that a library function may put on the stack. */
export const MAX_RESULTS = 8000;

/** The arguments of one call of a library function, checked as the language does. */
export class Arguments {
  constructor(
    readonly machine: Machine,
    private readonly name: string,
    readonly all: readonly LuaValue[],
  ) {}

  get count(): number {
    return this.all.length;
  }

  fault(index: number, message: string): LuaError {
    return this.machine.fault(luaFault.badArgument(index, this.name, message));
  }

  any(index: number): LuaValue {
    if (index > this.all.length) throw this.fault(index, luaFault.expectedValue);
    return this.all[index - 1];
  }

  number(index: number, fallback?: number): number {
    const value = this.all[index - 1];
    if (value === undefined && fallback !== undefined) return fallback;
    const number = toNumber(value);
    if (number === undefined) throw this.wrongType(index, 'number');
    return number;
  }

  /** A 64-bit integer. */
  integer(index: number, fallback?: number): number {
    return toLong(this.number(index, fallback));
  }

  /** A 32-bit integer. */
  int(index: number, fallback?: number): number {
    return toInt(this.number(index, fallback));
  }

  text(index: number, fallback?: string): string {
    const value = this.all[index - 1];
    if (value === undefined && fallback !== undefined) return fallback;
    if (typeof value === 'number') return numberText(value);
    if (typeof value !== 'string') throw this.wrongType(index, 'string');
    return value;
  }

  table(index: number): LuaTable {
    const value = this.all[index - 1];
    if (!(value instanceof LuaTable)) throw this.wrongType(index, 'table');
    return value;
  }

  callable(index: number): LuaFunction {
    const value = this.all[index - 1];
    if (!(value instanceof LuaFunction)) throw this.wrongType(index, 'function');
    return value;
  }

  private wrongType(index: number, expected: string): LuaError {
    const found = index > this.all.length ? luaFault.noValue : typeName(this.all[index - 1]);
    return this.fault(index, luaFault.expectedType(expected, found));
  }
}

export type LibraryFunction = (args: Arguments) => LuaValue[];

/** A table of library functions, which scripts cannot change. */
export function library(machine: Machine, functions: Readonly<Record<string, LibraryFunction>>): LuaTable {
  const table = new LuaTable();
  for (const [name, body] of Object.entries(functions)) table.set(name, libraryFunction(machine, name, body));
  table.readonly = true;
  return table;
}

export function libraryFunction(machine: Machine, name: string, body: LibraryFunction): LuaFunction {
  return new LuaFunction((args) => body(new Arguments(machine, name, args)));
}
