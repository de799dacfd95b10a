import { describe } from '../input/describe';
import {
  BATCH_SETTINGS,
  refuseUnknownSettings,
  runCommands,
  runTransaction,
  withoutFailure,
  type BatchSettings,
} from '../executor/batch/run-batch';
import { toldTogether } from '../executor/batch/outcomes';
import type { ServerSource } from '../executor/clients/servers';
import { serversOf, type BatchTarget } from '../executor/open/target';
import type { RecordedCommand } from '../executor/commands/recorded-command';
import type { Batch } from './batch';

/** Options of {@link BatchClient.exec}. */
export type ExecOptions = BatchSettings;

/** Runs batches on a connection, which remains yours to close. */
export class BatchClient {
  private readonly servers: ServerSource;

  /** @param target - The result of `connect`, or a client, pool, cluster or sentinel of node-redis. */
  constructor(target: BatchTarget) {
    this.servers = serversOf(target);
  }

  /**
   * Runs a batch.
   *
   * Sends: `MULTI`, the commands and `EXEC` to one server when the batch is atomic; else the commands, each to the server of its keys, all in one go.
   * Nothing is sent twice unless the server said that it did nothing, or `options.retryStrategy` allows it.
   *
   * @param batch - An empty batch gives `[]`.
   * @param raiseOnError - True throws when a command fails; false leaves errors in place of the replies.
   * @returns the reply of each command, in order; null when the batch is atomic and a key that you watch on this client had changed.
   * @throws {@link BatchError} a command failed and `raiseOnError` is true, or the server refused an atomic batch as a whole; carries all replies.
   * @throws {@link BatchConnectionError} time ran out or, in an atomic batch or with `raiseOnError`, the connection failed; `maybeApplied` tells
   * whether writes were on their way.
   * @throws {@link CrossSlotError} the keys of an atomic batch lie in several slots; nothing was sent.
   */
  async exec(batch: Batch, raiseOnError: boolean, options: ExecOptions = {}): Promise<unknown[] | null> {
    if (!Array.isArray((batch as Batch | null | undefined)?.commands))
      throw new TypeError(`exec() takes a Batch or a ClusterBatch, found ${describe(batch)}`);
    if (typeof raiseOnError !== 'boolean')
      throw new TypeError(`exec(batch, raiseOnError, options) takes true or false for raiseOnError, found ${describe(raiseOnError)}`);
    const commands = [...batch.commands];
    const results = await toldTogether(commands, () => this.run(batch.isAtomic, commands, options));
    return results && withoutFailure(results, raiseOnError);
  }

  private run(isAtomic: boolean, commands: readonly RecordedCommand[], options: ExecOptions): Promise<unknown[] | null> {
    refuseUnknownSettings(options, BATCH_SETTINGS, 'exec()');
    if (!isAtomic) return runCommands(this.servers, commands, options);
    refuseRetries(options);
    return runTransaction(this.servers, commands, options);
  }
}

function refuseRetries({ retryStrategy: { retryServerError, retryConnectionError } = {} }: ExecOptions): void {
  if (retryServerError !== true && retryConnectionError !== true) return;
  throw new TypeError(
    'an atomic batch takes no retryStrategy: a transaction without a reply may have been applied, so it must not be sent again',
  );
}
