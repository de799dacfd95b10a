/** Part of a place in a document: a name, or a position in a list. */
export type Segment = string | number;

/** A list, a dict or a model in a twin, and where it stands. */
export interface Place {
  readonly path: readonly Segment[];
  readonly value: object;
}

/** Tells which value of one twin is the same as one of another. A value that was put in later gets its identity when it is asked for. */
const identities = new WeakMap<object, object>();

export function identityOf(value: object): object {
  const known = identities.get(value) ?? {};
  identities.set(value, known);
  return known;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Copies a list or an object, part by part. */
function mapped(value: object, copy: (part: unknown, segment: Segment) => unknown): object {
  if (Array.isArray(value)) return value.map(copy);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, copy(part, name)]));
}

/** A twin to try changes on; its values have the same identities as those of the first one. */
export function copyOf<T>(value: T): T {
  if (!isObject(value)) return value;
  const copy = mapped(value, copyOf);
  identities.set(copy, identityOf(value));
  return copy as T;
}

/**
 * What stands at a place after a stored value has replaced a local one. Fields and members keep their identities by name, items of lists by key; items
 * without keys keep theirs where the same value stands in the same place.
 */
export function takenOver<T>(local: unknown, stored: T): T {
  if (!isObject(stored) || !isObject(local) || Array.isArray(local) !== Array.isArray(stored)) return structuredClone(stored);
  const before = Array.isArray(local) ? stayingItems(local, stored as unknown[]) : local;
  const value = mapped(stored, (part, segment) => takenOver(own(before, segment), part));
  identities.set(value, identityOf(local));
  return value as T;
}

const own = (value: object, segment: Segment): unknown =>
  Object.hasOwn(value, segment) ? (value as Record<Segment, unknown>)[segment] : undefined;

const keyOf = (item: unknown): unknown => (isObject(item) ? own(item, 'id') : undefined);

function stayingItems(local: readonly unknown[], stored: readonly unknown[]): unknown[] {
  if (local.some((item) => keyOf(item) !== undefined)) return stored.map((item) => local.find((one) => keyOf(one) === keyOf(item)));
  return stored.map((item, index) => {
    if (isSame(local[index], item)) return local[index];
    if (isSame(withoutDates(local[index]), withoutDates(item)))
      for (const { value } of placesIn(local[index], [])) doubtful.add(identityOf(value));
    return undefined;
  });
}

/** Items that were replaced while perhaps only dates in them had been changed from inside, which nobody was told of. */
const doubtful = new WeakSet<object>();

/** Whether the value still stands where it stood is not known. */
export const isDoubtful = (identity: object): boolean => doubtful.has(identity);

function withoutDates(value: unknown): unknown {
  if (isObject(value)) return mapped(value, withoutDates);
  const isDate = typeof value === 'number' ? value > 1e9 : typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
  return isDate ? 'a date' : value;
}

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

const sorted = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  const copy = mapped(value, sorted);
  return Array.isArray(copy) ? copy : Object.entries(copy).sort(([a], [b]) => (a < b ? -1 : 1));
};

/** All lists, dicts and models at or below a place. */
export function placesIn(value: unknown, path: readonly Segment[]): Place[] {
  if (!isObject(value)) return [];
  const parts = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [{ path, value }, ...parts.flatMap(([segment, part]: [Segment, unknown]) => placesIn(part, [...path, segment]))];
}

/** What stands at a place, or undefined. */
export function valueAt(value: unknown, path: readonly Segment[]): unknown {
  return path.reduce<unknown>((here, segment) => (isObject(here) ? own(here, segment) : undefined), value);
}

/** Replaces all that a list or a dict holds. */
export function refill(value: object, content: object): void {
  if (Array.isArray(value)) value.splice(0, value.length, ...(content as unknown[]));
  else {
    for (const name of Object.keys(value)) Reflect.deleteProperty(value, name);
    Object.assign(value, content);
  }
}
