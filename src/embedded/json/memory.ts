import { JsonArray, JsonFloat, type JsonObject, type JsonValue } from './value';

const VALUE_BYTES = 8;

/** The bytes that the server would report for the value. */
export function memoryOf(value: JsonValue): number {
  return VALUE_BYTES + heapBytes(value);
}

function heapBytes(value: JsonValue): number {
  if (value === null || typeof value === 'boolean') return 0;
  if (typeof value === 'string') return value.length;
  if (value instanceof JsonFloat || typeof value === 'bigint') return 16;
  if (typeof value === 'number') {
    if (value >= -128 && value <= 383) return 0;
    return value > -8_388_608 && value <= 8_388_607 ? 4 : 16;
  }
  return value instanceof JsonArray ? arrayBytes(value) : objectBytes(value);
}

function arrayBytes({ items, capacity }: JsonArray): number {
  return capacity === 0 ? 0 : 8 * (capacity + 2) + items.reduce<number>((sum, item) => sum + memoryOf(item), 0);
}

function objectBytes({ members, capacity }: JsonObject): number {
  if (capacity === 0) return 0;
  let sum = 8 * (capacity * 3 + 2);
  for (const [name, member] of members) sum += name.length + memoryOf(member);
  return sum;
}
