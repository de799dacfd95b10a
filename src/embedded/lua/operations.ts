import { luaFault } from '../messages';
import type { Machine } from './machine';
import { numberText, parsedNumber } from './number-text';
import type { BinaryOperator } from './syntax';
import { isTrue, LuaFunction, LuaTable, typeName, type LuaValue } from './value';

/** The number that a value is or spells, as arithmetic takes it. */
export function toNumber(value: LuaValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return parsedNumber(value);
}

const EVENTS: Readonly<Record<string, string>> = {
  '+': '__add',
  '-': '__sub',
  '*': '__mul',
  '/': '__div',
  '%': '__mod',
  '^': '__pow',
};

export const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left - Math.floor(left / right) * right,
  '^': (left, right) => left ** right,
};

/** How the operands were written, for messages. */
export interface Spelling {
  readonly left: string;
  readonly right: string;
}

export function arith(
  machine: Machine,
  operator: string,
  operands: { readonly left: LuaValue; readonly right: LuaValue; readonly spelling: Spelling },
): LuaValue {
  const [left, right] = [toNumber(operands.left), toNumber(operands.right)];
  if (left !== undefined && right !== undefined) return (ARITHMETIC[operator] as (left: number, right: number) => number)(left, right);
  const event = EVENTS[operator] as string;
  const handler = machine.metamethod(operands.left, event) ?? machine.metamethod(operands.right, event);
  if (handler instanceof LuaFunction) return handler.call([operands.left, operands.right])[0];
  const [culprit, what] = left === undefined ? [operands.left, operands.spelling.left] : [operands.right, operands.spelling.right];
  throw machine.fault(luaFault.operation('perform arithmetic on', what, typeName(culprit)));
}

export function concat(machine: Machine, [left, right]: readonly [LuaValue, LuaValue], spelling: Spelling): LuaValue {
  const isText = (value: LuaValue): value is string | number => typeof value === 'string' || typeof value === 'number';
  if (isText(left) && isText(right)) return textOf(left) + textOf(right);
  const handler = machine.metamethod(left, '__concat') ?? machine.metamethod(right, '__concat');
  if (handler instanceof LuaFunction) return handler.call([left, right])[0];
  const [culprit, what] = isText(left) ? [right, spelling.right] : [left, spelling.left];
  throw machine.fault(luaFault.operation('concatenate', what, typeName(culprit)));
}

export function textOf(value: string | number): string {
  return typeof value === 'string' ? value : numberText(value);
}

function equals(left: LuaValue, right: LuaValue): boolean {
  if (left === right) return true;
  if (!(left instanceof LuaTable) || !(right instanceof LuaTable)) return false;
  const handler = left.metatable?.get('__eq');
  if (!(handler instanceof LuaFunction) || handler !== right.metatable?.get('__eq')) return false;
  return isTrue(handler.call([left, right])[0]);
}

export function lessThan(machine: Machine, left: LuaValue, right: LuaValue): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left < right;
  if (typeof left === 'string' && typeof right === 'string') return left < right;
  return compareBy(machine, '__lt', [left, right]);
}

function lessOrEqual(machine: Machine, left: LuaValue, right: LuaValue): boolean {
  if (typeof left === 'number' && typeof right === 'number') return left <= right;
  if (typeof left === 'string' && typeof right === 'string') return left <= right;
  if (machine.metamethod(left, '__le') === undefined && machine.metamethod(left, '__lt') !== undefined)
    return !compareBy(machine, '__lt', [right, left]);
  return compareBy(machine, '__le', [left, right]);
}

function compareBy(machine: Machine, event: string, [left, right]: readonly [LuaValue, LuaValue]): boolean {
  const handler = machine.metamethod(left, event);
  if (handler instanceof LuaFunction && handler === machine.metamethod(right, event)) return isTrue(handler.call([left, right])[0]);
  throw machine.fault(luaFault.compare(typeName(left), typeName(right)));
}

export function lengthOf(machine: Machine, value: LuaValue, what: string): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof LuaTable) return value.length;
  throw machine.fault(luaFault.operation('get length of', what, typeName(value)));
}

export function compareOperator(machine: Machine, operator: BinaryOperator, [left, right]: readonly [LuaValue, LuaValue]): boolean {
  switch (operator) {
    case '==':
      return equals(left, right);
    case '~=':
      return !equals(left, right);
    case '<':
      return lessThan(machine, left, right);
    case '<=':
      return lessOrEqual(machine, left, right);
    case '>':
      return lessThan(machine, right, left);
    default:
      return lessOrEqual(machine, right, left);
  }
}
