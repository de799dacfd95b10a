import type { Json } from './codec';

/** RedisJSON parses a fraction of many digits by one multiplication, so its last bits may differ from those that were sent. */
const READ_OFF = 2 ** -51;

/** Whether servers store a number as an exact integer. */
function isIntegerThere(number: number): boolean {
  return Number.isInteger(number) && number > -(2 ** 63) && number < 2 ** 64;
}

function isSameNumber(left: number, right: number): boolean {
  if (left === right || (isIntegerThere(left) && isIntegerThere(right))) return left === right;
  return Math.abs(left - right) <= Math.abs(right) * READ_OFF;
}

function isParted(json: Json): json is Exclude<Json, string | number | boolean | null> {
  return typeof json === 'object' && json !== null;
}

/** Whether one of two stored values may be the other one as the server has stored it. */
export function isSameStored(left: Json, right: Json): boolean {
  if (typeof left === 'number' && typeof right === 'number') return isSameNumber(left, right);
  if (!isParted(left) || !isParted(right)) return left === right;
  const members = Object.entries<Json>(left);
  const others = new Map(Object.entries<Json>(right));
  const isIn = ([name, value]: [string, Json]): boolean => others.has(name) && isSameStored(value, others.get(name) as Json);
  return Array.isArray(left) === Array.isArray(right) && members.length === others.size && members.every(isIn);
}
