/** What an error can say about the place where it happened; every member is present only when it applies. */
export interface ErrorFacts {
  /** Name of the model class. */
  readonly model?: string | undefined;
  /** Redis key of the document. */
  readonly key?: string | undefined;
  /** JSONPath inside the document, such as `$["tags"][0]`. */
  readonly path?: string | undefined;
  /** Name of the Redis command or verb that failed. */
  readonly command?: string | undefined;
  /** Position of the failing operation in its pipeline, from 0. */
  readonly index?: number | undefined;
  /** The error underneath. */
  readonly cause?: unknown;
}

/**
 * Base class of everything that redatom throws on purpose.
 *
 * @example
 * ```ts
 * try {
 *   await User.get('User:nobody');
 * } catch (error) {
 *   if (error instanceof RedatomError) error.code; // => 'KEY_NOT_FOUND'
 * }
 * ```
 */
export abstract class RedatomError extends Error {
  /** Stable machine-readable name of the kind of error. */
  abstract readonly code: string;
  readonly model: string | undefined;
  readonly key: string | undefined;
  readonly path: string | undefined;
  readonly command: string | undefined;
  readonly index: number | undefined;

  constructor(message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = new.target.name;
    this.model = facts.model;
    this.key = facts.key;
    this.path = facts.path;
    this.command = facts.command;
    this.index = facts.index;
  }
}
