import { integerOf } from '../integers';
import { equal } from './equal';
import { asDouble, isNumeric, isSigned } from './number';
import type { Filter, Operator, Step, Term } from './path';
import { patternOf } from './pattern';
import { JsonFloat, type JsonNumber, type JsonValue } from './value';

interface FilterScope {
  readonly current: JsonValue;
  readonly root: JsonValue;
  /** Evaluates a path from `start`, whose `$` means `start` too. */
  readonly select: (steps: readonly Step[], start: JsonValue) => JsonValue[];
}

/** A term's value; `undefined` when its path selects nothing or several values. */
interface Operand {
  readonly value: JsonValue | undefined;
  readonly selected: boolean;
  readonly escaped: boolean;
}

export function filterHolds(filter: Filter, scope: FilterScope): boolean {
  switch (filter.kind) {
    case 'any':
      return filter.parts.some((part) => filterHolds(part, scope));
    case 'every':
      return filter.parts.every((part) => filterHolds(part, scope));
    case 'compare': {
      const left = evaluate(filter.left, scope);
      if (filter.operator === undefined || filter.right === undefined) return left.value !== undefined;
      return compare(filter.operator, left, evaluate(filter.right, scope));
    }
  }
}

function evaluate(term: Term, scope: FilterScope): Operand {
  switch (term.kind) {
    case 'current':
      return selected(scope.select(term.steps, scope.current));
    case 'root':
      return selected(scope.select(term.steps, scope.root));
    case 'integer':
      return constant(integerOf(term.value));
    case 'double':
      return constant(new JsonFloat(term.value));
    case 'null':
      return constant(null);
    case 'boolean':
      return constant(term.value);
    case 'text':
      return { value: term.value, selected: false, escaped: term.escaped };
  }
}

function selected(values: readonly JsonValue[]): Operand {
  return { value: values.length === 1 ? values[0] : undefined, selected: true, escaped: false };
}

function constant(value: JsonValue): Operand {
  return { value, selected: false, escaped: false };
}

function compare(operator: Operator, left: Operand, right: Operand): boolean {
  if (operator === 're') return matches(left, right);
  if (operator === 'eq' || operator === 'ne') return equals(left, right) === (operator === 'eq');
  const order = orderOf(left.value, right.value);
  if (order === undefined) return false;
  switch (operator) {
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
  }
}

function equals(left: Operand, right: Operand): boolean {
  if (left.value === undefined || right.value === undefined) return false;
  if (left.selected && right.selected) return equal(left.value, right.value);
  return orderOf(left.value, right.value) === 0;
}

/** As in the server, only values that a path selects can match, and a pattern with escapes matches nothing. */
function matches(left: Operand, right: Operand): boolean {
  if (!left.selected || typeof left.value !== 'string' || typeof right.value !== 'string' || right.escaped) return false;
  return patternOf(right.value)?.test(Buffer.from(left.value, 'latin1').toString('utf8')) ?? false;
}

function orderOf(left: JsonValue | undefined, right: JsonValue | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === null && right === null) return 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right);
  return isNumeric(left) && isNumeric(right) ? numberOrder(left, right) : undefined;
}

function numberOrder(left: JsonNumber, right: JsonNumber): number {
  if (isSigned(left) && isSigned(right)) return left < right ? -1 : Number(left > right);
  const [first, second] = [asDouble(left), asDouble(right)];
  return first < second ? -1 : Number(first > second);
}
