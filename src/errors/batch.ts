import { OutcomeUnknownError } from './commit';
import { RedisConnectionError, RedisServiceError } from './connection';
import type { ErrorCode, RedatomError } from './base';

/** The outcome of each command of a batch: its reply, or an error in its place. */
export type BatchResults = readonly unknown[];

/** Positions of the commands that failed, in order. */
function errorIndexesOf(results: BatchResults): number[] {
  return results.flatMap((result, index) => (result instanceof Error ? [index] : []));
}

function firstErrorOf(results: BatchResults): RedatomError {
  return results.find((result) => result instanceof Error) as RedatomError;
}

/** A command of a batch was refused. The others ran, unless they were one transaction that the server refused as a whole. */
export class BatchError extends RedisServiceError {
  override readonly code: ErrorCode = 'BATCH';
  /** Positions of the commands that failed, in order. */
  readonly errorIndexes: readonly number[];

  constructor(
    /** The reply of each command, in order; an error where one failed. */
    readonly results: BatchResults,
    cause: RedatomError = firstErrorOf(results),
  ) {
    const errorIndexes = errorIndexesOf(results);
    const index = results.indexOf(cause);
    const reply = cause instanceof RedisServiceError ? cause.reply : '';
    super(reply, `${errorIndexes.length} of ${results.length} commands failed; results[${index}]: ${cause.message}`, {
      key: cause.key,
      command: cause.command,
      index,
      cause,
    });
    this.errorIndexes = errorIndexes;
  }
}

/** The connection failed, or time ran out, before every command of a batch had its reply. */
export class BatchConnectionError extends RedisConnectionError {
  override readonly code: ErrorCode = 'BATCH_CONNECTION';
  override readonly maybeApplied: boolean;
  /** Positions of the commands without a reply, and of those that were refused. */
  readonly errorIndexes: readonly number[];

  constructor(
    /** The reply of each command, in order; an error where none arrived. */
    readonly results: BatchResults,
    cause: unknown = firstErrorOf(results),
    /** Why the server has refused, so far, what was to be sent again. */
    refusal?: RedisServiceError,
  ) {
    const maybeApplied = results.some((result) => result instanceof OutcomeUnknownError);
    const errorIndexes = errorIndexesOf(results);
    const fate = maybeApplied ? 'writes among them may have been applied' : 'none of their writes was applied';
    const reason = cause instanceof Error ? cause.message : String(cause);
    const refused = refusal === undefined ? '' : `; ${refusal.message}`;
    super(`${errorIndexes.length} of ${results.length} commands have no reply, and ${fate}: ${reason}${refused}`, {
      index: errorIndexes[0],
      cause,
    });
    this.maybeApplied = maybeApplied;
    this.errorIndexes = errorIndexes;
  }
}

/** A watched key was changed by someone else before the transaction ran; nothing was applied. */
export class TransactionAbortedError extends RedisServiceError {
  override readonly code: ErrorCode = 'TRANSACTION_ABORTED';

  constructor(
    /** The keys that were watched. */
    readonly keys: readonly string[],
    attempts: number,
  ) {
    const names = keys.map((key) => JSON.stringify(key)).join(', ');
    super('', `${names} changed before the transaction ran, in ${attempts} attempts; nothing was applied`, {
      key: keys[0],
      command: 'EXEC',
    });
  }
}
