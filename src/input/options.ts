import { describe } from './describe';

/** Names of all options of one kind, as {@link NamesOf} demands them. */
export type OptionNames = Readonly<Record<string, true | 'boolean'>>;

/** Names all options, and those of which each value means yes or no: of a list the compiler would not say that one is missing. */
export type NamesOf<Options> = { readonly [Name in keyof Options]-?: NonNullable<Options[Name]> extends boolean ? 'boolean' : true };

/** Names of unknown options. */
export function unknownOptions(options: object, known: OptionNames): string[] {
  return Object.keys(options).filter((name) => !Object.hasOwn(known, name));
}

/** Refuses an unknown option, and one that must be true or false and is neither: its meaning would be ignored silently. */
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
