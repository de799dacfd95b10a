import { describe } from './describe';

/** Names of all options, each `satisfies Record<keyof Options, true>`: of a list the compiler would not say that one is missing. */
export type OptionNames = Readonly<Record<string, true>>;

/** Names of options that are none. */
export function unknownOptions(options: object, known: OptionNames): string[] {
  return Object.keys(options).filter((name) => !Object.hasOwn(known, name));
}

/** Refuses an option that is none: what was meant by it would be left out silently. */
export function refuseUnknown(options: object, known: OptionNames, what: string): void {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options))
    throw new TypeError(`${what} takes its options as an object, found ${describe(options)}`);
  const [name] = unknownOptions(options, known);
  if (name !== undefined) throw new TypeError(`${what} knows no option "${name}"; it takes ${Object.keys(known).join(', ')}`);
}
