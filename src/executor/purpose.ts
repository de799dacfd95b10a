import type { ErrorFacts, RedatomError } from '../errors/base';
import type { JsonPath } from '../path/json-path';

/** What a request is for, as errors report it: the verb that the user called, and the place that it works on. Every operation is a `Purpose`. */
export interface Purpose {
  readonly verb: string;
  readonly path?: JsonPath | undefined;
  /** The conditions of the verb. The first is the one that a plain command checks, too. */
  readonly checks?: readonly { readonly path: JsonPath }[];
  /** The error for the answer with which a server refused the plain command; undefined where the answer needs no special error. */
  explain?(answer: string, facts: ErrorFacts): RedatomError | undefined;
}

/** The model and the verb that a request belongs to. */
export interface Origin {
  /** Name of the model. Default: unknown. */
  readonly model?: string | undefined;
  /** Default: only the command is known. */
  readonly purpose?: Purpose | undefined;
}

/** What errors of a request say about its purpose. */
export function factsOfPurpose({ verb, path }: Purpose): ErrorFacts {
  return { command: verb, path: path?.text };
}

/** The same for a refusal, where the path is the place that does not fit. */
export function factsOfRefusal({ verb, path, checks }: Purpose): ErrorFacts {
  return { command: verb, path: (checks?.[0]?.path ?? path)?.text };
}
