/** The names of all members of an object. One that is no text stands for nothing, and to pass over it would find more than was asked for. */
export function namesOf(given: object): string[] {
  return Reflect.ownKeys(given).map(String);
}

/** The items of a list, with undefined where it has none: other methods pass over these. */
export function itemsOf(given: readonly unknown[]): unknown[] {
  return [...given];
}
