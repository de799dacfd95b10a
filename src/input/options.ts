import { describe } from './describe';

/** The names of all options of one kind, as {@link NamesOf} demands them. */
export type OptionNames = Readonly<Record<string, true | 'boolean'>>;

/** Names all options, and marks those that are booleans. An object type, because in a list the compiler would not notice a missing name. */
export type NamesOf<Options> = { readonly [Name in keyof Options]-?: NonNullable<Options[Name]> extends boolean ? 'boolean' : true };

/** The names of unknown options. */
export function unknownOptions(options: object, known: OptionNames): string[] {
  return Object.keys(options).filter((name) => !Object.hasOwn(known, name));
}

/** Refuses an unknown option, and a boolean option with another value: they would be ignored silently. */
export function refuseUnknown(options: object, known: OptionNames, what: string): void {
  if (typeof options !== 'object' || (options as unknown) === null || Array.isArray(options))
    throw new TypeError(`${what} takes its options as an object, found ${describe(options)}`);
  const [name] = unknownOptions(options, known);
  if (name !== undefined) throw new TypeError(`${what} knows no option "${name}"; it takes ${Object.keys(known).join(', ')}`);
  for (const [option, value] of Object.entries(options) as [string, unknown][]) {
    if (known[option] === 'boolean' && value !== undefined && typeof value !== 'boolean')
      throw new TypeError(`${what} takes true or false as ${option}, found ${describe(value)}`);
  }
}
