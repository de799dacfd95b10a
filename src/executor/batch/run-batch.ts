import { BatchConnectionError, BatchError } from '../../errors/batch';
import { OutcomeUnknownError } from '../../errors/commit';
import { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { slotOf } from '../../path/slot';
import { PipelineRun, RETRY_STRATEGY, type RetryStrategy } from './pipeline-run';
import { promised } from '../promised';
import { keysOf, nameOf, type RecordedCommand } from '../commands/recorded-command';
import { toRedatomError } from '../reply-errors';
import { crossSlot, planForCluster, planForOne, serverOf, type Route } from './route';
import { oneServer, type ServerSource, type Servers } from '../clients/servers';
import { refuseUnknown, type OptionNames } from '../known-options';
import { checkedLimits } from '../limits';
import { failureOf, readReplies, reportFailures } from './settle';
import { TransactionRun, type TransactionPlace, type Watching } from './transaction-run';
import { runWithin } from '../run-within';

/** How a list of commands runs. */
export interface BatchSettings {
  /**
   * Longest time for the whole batch, in milliseconds. What was not sent by then is never sent; what was sent may have been applied.
   * Default: none while the connection is up, 10 000 while it is down.
   */
  readonly timeoutMs?: number | undefined;
  /** Gives the batch up, like the end of its time. */
  readonly signal?: AbortSignal | undefined;
  /** Sends the whole batch to one primary of a cluster. Default: every command to where its keys are. */
  readonly route?: Route | undefined;
  /** What may be sent twice. Default: nothing. */
  readonly retryStrategy?: RetryStrategy | undefined;
}

/** Their names. */
export const BATCH_SETTINGS = { timeoutMs: true, signal: true, route: true, retryStrategy: true } satisfies Record<
  keyof BatchSettings,
  true
>;

const OFFLINE_TIMEOUT_MS = 10_000;

/** Refuses settings that are none, those of the way to retry among them. */
export function refuseUnknownSettings(settings: BatchSettings, known: OptionNames, what: string): void {
  refuseUnknown(settings, known, what);
  if (settings.retryStrategy !== undefined) refuseUnknown(settings.retryStrategy, RETRY_STRATEGY, 'retryStrategy');
}

function limitOf(settings: BatchSettings, servers: Servers): { timeoutMs: number | undefined; signal: AbortSignal | undefined } {
  const { signal, timeoutMs = servers.isReady ? undefined : OFFLINE_TIMEOUT_MS } = checkedLimits(settings);
  return { timeoutMs, signal };
}

/** Sends commands without a transaction. Resolves to the reply of each, with errors in the places of those that failed. */
export function runPipeline(source: ServerSource, commands: readonly RecordedCommand[], settings: BatchSettings = {}): Promise<unknown[]> {
  if (commands.length === 0) return Promise.resolve([]);
  return borrowing(source, commands, async (servers) => {
    const route = settings.route === undefined || !servers.hasSlots ? undefined : await serverOf(settings.route, servers);
    const plan = servers.hasSlots && route === undefined ? await planForCluster(commands, servers) : planForOne(commands, route);
    const run = new PipelineRun(servers, plan, settings.retryStrategy ?? {});
    const givenUp = await runWithin(limitOf(settings, servers), (unsent) => run.run(unsent));
    const isCutShort = givenUp !== undefined && run.settle(givenUp);
    const results = readReplies(plan.assemble(run.replies), commands, run.protocol);
    if (isCutShort || (givenUp !== undefined && results.some(isConnectionProblem))) throw new BatchConnectionError(results, givenUp);
    return results;
  });
}

/**
 * Runs commands as one transaction. Resolves to the reply of each, with errors in the places of those that failed while it ran, or to null when a
 * watched key had changed.
 */
export function runTransaction(
  source: ServerSource,
  commands: readonly RecordedCommand[],
  settings: BatchSettings & { readonly watching?: Watching } = {},
): Promise<unknown[] | null> {
  if (commands.length === 0) return Promise.resolve([]);
  return promised(() => {
    const { slot, key } = placeOf(commands, source.hasSlots);
    const { watching } = settings;
    if (watching !== undefined)
      return transactOn(oneServer(watching.client, source.hasSlots), { commands, place: { slot, key, watching } }, settings);
    return borrowing(source, commands, async (servers) => {
      const server = settings.route === undefined || !servers.hasSlots ? undefined : await serverOf(settings.route, servers);
      return transactOn(servers, { commands, place: { slot, key, server } }, settings);
    });
  });
}

async function transactOn(
  servers: Servers,
  { commands, place }: { readonly commands: readonly RecordedCommand[]; readonly place: TransactionPlace },
  settings: BatchSettings,
): Promise<unknown[] | null> {
  const run = new TransactionRun(servers, commands, place);
  const givenUp = await runWithin(limitOf(settings, servers), (unsent) => run.run(unsent));
  const replies = run.outcome(givenUp);
  if (replies === null) return null;
  const results = readReplies(replies, commands, run.protocol);
  if (givenUp === undefined && !run.hasErrors) return results;
  // All replies may have arrived when the time was over.
  if (results.some(isConnectionProblem)) throw new BatchConnectionError(results, givenUp);
  if (run.isRefused) throw new BatchError(results, culpritOf(results));
  return results;
}

/** The command because of which the server refused the others too. */
function culpritOf(results: readonly unknown[]): RedatomError | undefined {
  const failures = results.filter((result) => result instanceof RedatomError);
  return failures.find((failure) => !(failure instanceof RedisServiceError && failure.reply === 'EXECABORT'));
}

/** The first failure of a list of results, with all of them. */
export function batchFailure(results: readonly unknown[]): BatchError | BatchConnectionError | undefined {
  const first = results.find((result) => result instanceof Error);
  if (first === undefined) return undefined;
  return isConnectionProblem(first) ? new BatchConnectionError(results) : new BatchError(results);
}

function isConnectionProblem(result: unknown): boolean {
  return result instanceof RedisConnectionError || result instanceof OutcomeUnknownError;
}

/** The slot of a transaction. */
function placeOf(commands: readonly RecordedCommand[], hasSlots: boolean): TransactionPlace {
  if (!hasSlots) return { slot: undefined, key: undefined };
  const keys = commands.flatMap((command) =>
    command.keyAt.length === 0 && command.routingKey !== undefined ? [command.routingKey] : keysOf(command),
  );
  const [key] = keys;
  if (new Set(keys.map(slotOf)).size > 1) throw crossSlot(keys, 'an atomic batch');
  return { key, slot: key === undefined ? undefined : slotOf(key) };
}

/** A connection that cannot be had fails every command. */
async function borrowing<T>(
  source: ServerSource,
  commands: readonly RecordedCommand[],
  work: (servers: Servers) => Promise<T>,
): Promise<T> {
  let isRunning = false;
  try {
    return await source.borrow((servers) => {
      isRunning = true;
      return work(servers);
    });
  } catch (error) {
    if (isRunning) throw error;
    const [first] = commands as readonly [RecordedCommand];
    const cause = toRedatomError(error, { args: [nameOf(first)], key: undefined, write: false });
    const results = commands.map((command) => failureOf(cause, command));
    reportFailures(results, commands);
    throw new BatchConnectionError(results);
  }
}
