import { describe } from '../codec/codec';

/** Refuses an option that is none: what was meant by it would be left out silently. */
export function refuseUnknown(options: object, known: readonly string[], what: string): void {
  if (typeof options !== 'object' || (options as unknown) === null)
    throw new TypeError(`${what} takes its options as an object, found ${describe(options)}`);
  const name = Object.keys(options).find((candidate) => !known.includes(candidate));
  if (name !== undefined) throw new TypeError(`${what} knows no option "${name}"; it takes ${known.join(', ')}`);
}
