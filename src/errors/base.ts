/** Tells errors apart where their classes are not at hand. A later release may add codes. */
export type ErrorCode =
  | 'BATCH'
  | 'BATCH_COMMAND'
  | 'BATCH_CONNECTION'
  | 'COMMAND_ARGUMENT'
  | 'COMMIT_REFUSED'
  | 'CORRUPT_DOCUMENT'
  | 'CROSS_SLOT'
  | 'DEADLOCK'
  | 'EMPTY_DICT'
  | 'INDEX_NOT_FOUND'
  | 'KEY_EXISTS'
  | 'KEY_NOT_FOUND'
  | 'LOCKED'
  | 'LOCK_LOST'
  | 'LOCK_NOT_HELD'
  | 'LOCK_TIMEOUT'
  | 'NESTED_MODEL'
  | 'NOT_CONNECTED'
  | 'OUTCOME_UNKNOWN'
  | 'PATH_MISMATCH'
  | 'PIPELINE_BUSY'
  | 'PIPELINE_CLOSED'
  | 'PIPELINE_COMMAND'
  | 'PIPELINE_NEEDS_REPLY'
  | 'REDIS_CONNECTION'
  | 'REDIS_SERVICE'
  | 'SCHEMA'
  | 'SEARCH_UNAVAILABLE'
  | 'STALE_ITEM'
  | 'TRANSACTION_ABORTED'
  | 'TREE_PATH'
  | 'TREE_TYPE'
  | 'VALIDATION'
  | 'VERSION_CONFLICT';

/** What an error says about where it happened; each member is present only when it applies. */
export interface ErrorFacts {
  /** Name of the model class. */
  readonly model?: string | undefined;
  /** Redis key of the document. */
  readonly key?: string | undefined;
  /**
   * JSONPath in the document, in the form of a field's `jsonPath`: `$["tags"][0]`. Points to what does not fit, where that is known, else to what was to
   * change.
   */
  readonly path?: string | undefined;
  /** Name of the verb that failed, as you called it; the Redis command where there is no verb behind it. */
  readonly command?: string | undefined;
  /**
   * Position of the failing operation, from 0: in its pipeline, or among the writes of one call of the commit script. Absent for a verb that was sent as a
   * plain command.
   */
  readonly index?: number | undefined;
  /** The underlying error. */
  readonly cause?: unknown;
}

/** What an error is about, for its message. */
export function subjectOf({ command, key }: ErrorFacts): string {
  return key === undefined ? `${command}` : `${command} on ${JSON.stringify(key)}`;
}

const FACTS = ['model', 'key', 'path', 'command', 'index'] as const;

/** From a reply of the server to whoever called, a trace has more than the ten lines that Node keeps. */
const OWN_FRAMES = 20;

/** Sets how long traces are. A program that wants none has none, and one that has frozen the limit keeps it. */
function limitTraces(wanted: number, limit: number): void {
  if (wanted > 0) Reflect.set(Error, 'stackTraceLimit', limit);
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
  abstract readonly code: ErrorCode;
  // Only declared: a field would be there, and be printed, also where there is nothing to say.
  declare readonly model: string | undefined;
  declare readonly key: string | undefined;
  declare readonly path: string | undefined;
  declare readonly command: string | undefined;
  declare readonly index: number | undefined;

  constructor(message: string, facts: ErrorFacts = {}) {
    const { stackTraceLimit } = Error;
    limitTraces(stackTraceLimit, stackTraceLimit + OWN_FRAMES);
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    limitTraces(stackTraceLimit, stackTraceLimit);
    this.name = new.target.name;
    for (const name of FACTS) if (facts[name] !== undefined) Object.assign(this, { [name]: facts[name] });
  }
}
