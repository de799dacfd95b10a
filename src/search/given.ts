/** The names of all members of an object, including symbols: no condition has such a name, and ignoring it would find more than was asked for. */
export function namesOf(given: object): string[] {
  return Reflect.ownKeys(given).map(String);
}

/** The items of a list, with undefined for holes, which array methods would skip. */
export function itemsOf(given: readonly unknown[]): unknown[] {
  return [...given];
}
