/** Matches an error that has these members, in `toThrow`. */
export function errorWith(facts: object): Error {
  return expect.objectContaining(facts) as Error;
}
