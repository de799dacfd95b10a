/**
 * JSON values as the document store keeps them.
 *
 * All text is held as UTF-8 bytes, one character per byte ("binary text"), so lengths, comparisons and replies need no conversion.
 * Integers up to 64 bits are exact: a `number` if it is safe, else a `bigint`. A number written with a fraction or an exponent is a `JsonFloat`.
 */
export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject;

export type JsonNumber = number | bigint | JsonFloat;

/** A number that was written with a fraction or an exponent, or does not fit 64 bits. */
export class JsonFloat {
  constructor(readonly value: number) {}
}

/** An array; `capacity` grows like that of the server's own arrays, because its memory report shows it. */
export class JsonArray {
  constructor(
    readonly items: JsonValue[] = [],
    public capacity = 0,
  ) {}

  reserve(additional: number): void {
    this.capacity = grown(this.capacity, this.items.length + additional);
  }

  append(item: JsonValue): void {
    this.reserve(1);
    this.items.push(item);
  }
}

/** An object in insertion order. Removing a member moves the last one into its place, as the server does. */
export class JsonObject {
  constructor(
    public members = new Map<string, JsonValue>(),
    public capacity = 0,
  ) {}

  reserve(): void {
    this.capacity = grown(this.capacity, this.members.size + 1);
  }

  set(name: string, value: JsonValue): void {
    this.reserve();
    this.members.set(name, value);
  }

  remove(name: string): boolean {
    if (!this.members.has(name)) return false;
    const entries = [...this.members];
    const last = entries.pop();
    if (last === undefined || last[0] === name) return this.members.delete(name);
    this.members = new Map(entries.map((entry) => (entry[0] === name ? last : entry)));
    return true;
  }
}

function grown(capacity: number, needed: number): number {
  return capacity >= needed ? capacity : Math.max(capacity * 2, needed, 4);
}

/** The kinds of values, by the names that the server reports. */
type JsonKind = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

export function kindOf(value: JsonValue): JsonKind {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'integer';
    case 'boolean':
      return 'boolean';
    default:
      if (value instanceof JsonFloat) return 'number';
      return value instanceof JsonArray ? 'array' : 'object';
  }
}

/** A copy that shares nothing with the original; its capacities are exact. */
export function cloneValue(value: JsonValue): JsonValue {
  if (value instanceof JsonArray) return new JsonArray(value.items.map(cloneValue), value.items.length);
  if (!(value instanceof JsonObject)) return value;
  const members = new Map<string, JsonValue>();
  for (const [name, member] of value.members) members.set(name, cloneValue(member));
  return new JsonObject(members, value.members.size);
}
