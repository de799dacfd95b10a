import type { ErrorFacts, RedatomError } from '../errors/base';
import type { JsonPath } from '../path/json-path';

/** What a request is for, for errors: the verb that the user called, and the place that it works on. An operation is one. */
export interface Purpose {
  readonly verb: string;
  readonly path?: JsonPath | undefined;
  /** What must hold for it; the first is what a plain command looks at as well. */
  readonly checks?: readonly { readonly path: JsonPath }[];
  /** What the answer means with which a server refused its plain command; undefined where that says nothing of its own about it. */
  explain?(answer: string, facts: ErrorFacts): RedatomError | undefined;
}

/** Whose request it is. */
export interface Origin {
  /** Name of the model. Default: none is known. */
  readonly model?: string | undefined;
  /** Default: only the command is known. */
  readonly purpose?: Purpose | undefined;
}

/** What errors of a request say of its purpose. */
export function factsOfPurpose({ verb, path }: Purpose): ErrorFacts {
  return { command: verb, path: path?.text };
}

/** The same for a refusal: the place is the one that does not fit. */
export function factsOfRefusal({ verb, path, checks }: Purpose): ErrorFacts {
  return { command: verb, path: (checks?.[0]?.path ?? path)?.text };
}
