import { BatchConnectionError, BatchError } from '../../errors/batch';
import { OutcomeUnknownError } from '../../errors/commit';
import { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { slotOf } from '../../path/slot';
import { PipelineRun, RETRY_STRATEGY, type RetryStrategy } from './pipeline-run';
import { promised } from '../../async/promised';
import { nameOf, routingKeysOf, type RecordedCommand } from '../commands/recorded-command';
import { isPassing, toRedatomError } from '../reply-errors';
import { requireOneSlot } from '../one-slot';
import { planForCluster, planForOne, refuseWrongRoute, serverOf, type Plan, type Route } from './route';
import { oneServer, type ServerSource, type Servers } from '../clients/servers';
import { refuseUnknown, type OptionNames, type NamesOf } from '../../input/options';
import { OFFLINE_TIMEOUT_MS } from '../deadline';
import { CALL_OPTIONS, checkedLimits } from '../../input/call-options';
import { failureOf, fateOf, readReplies, reportFailures } from './outcomes';
import { TransactionRun, type TransactionDestination, type Watching } from './transaction-run';
import { isAborted, runWithin, type TimeLimit } from '../../async/run-within';

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
export const BATCH_SETTINGS = { ...CALL_OPTIONS, route: true, retryStrategy: true } satisfies NamesOf<BatchSettings>;

/** Refuses settings that are none, those of the way to retry among them, and routes that lead nowhere. */
export function refuseUnknownSettings(settings: BatchSettings, known: OptionNames, what: string): void {
  refuseUnknown(settings, known, what);
  if (settings.retryStrategy !== undefined) refuseUnknown(settings.retryStrategy, RETRY_STRATEGY, 'retryStrategy');
  refuseWrongRoute(settings.route);
}

function limitOf(settings: BatchSettings, servers: Pick<Servers, 'isReady'>): TimeLimit {
  const { signal, timeoutMs = servers.isReady ? undefined : OFFLINE_TIMEOUT_MS } = checkedLimits(settings);
  return { timeoutMs, signal };
}

/** Sends commands without a transaction. Resolves to the reply of each, with errors in the places of those that failed. */
export async function runCommands(
  source: ServerSource,
  commands: readonly RecordedCommand[],
  settings: BatchSettings = {},
): Promise<unknown[]> {
  if (commands.length === 0) return [];
  const begun: { run?: PipelineRun; plan?: Plan } = {};
  const givenUp = await borrowing({ source, commands, settings }, async (servers, unsent) => {
    const route = settings.route === undefined || !servers.hasSlots ? undefined : await serverOf(settings.route, servers);
    const found = servers.hasSlots && route === undefined ? planForCluster(commands, servers) : planForOne(commands, route);
    // What need not wait keeps its place among other requests.
    const plan = found instanceof Promise ? await found : found;
    const run = new PipelineRun(servers, plan, settings.retryStrategy ?? {});
    Object.assign(begun, { run, plan });
    await run.run(unsent);
  });
  const { run, plan } = begun;
  if (run === undefined || plan === undefined) throw noneSent(commands, givenUp);
  const isCutShort = givenUp !== undefined && run.settle(givenUp);
  const results = readReplies(plan.assemble(run.replies), commands, run.protocol);
  if (isCutShort || (givenUp !== undefined && results.some(isConnectionProblem))) throw cutShort(results, givenUp);
  return results;
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
    const { route, watching } = settings;
    const { slot, key } = destinationOf(commands, source.hasSlots, watching?.keys);
    if (watching !== undefined) return transactOn({ source: lent(watching, source), commands, settings }, () => ({ slot, key, watching }));
    return transactOn({ source, commands, settings }, (servers) => {
      if (route === undefined || !servers.hasSlots) return { slot, key };
      return serverOf(route, servers).then((server) => ({ slot, key, server }));
    });
  });
}

/** The connection on which keys are watched, which is at hand already. */
function lent({ client }: Watching, { hasSlots }: ServerSource): Job['source'] {
  const servers = oneServer(() => client, hasSlots);
  return { isReady: servers.isReady, borrow: (work) => work(servers) };
}

async function transactOn(
  job: Job,
  destinationIn: (servers: Servers) => TransactionDestination | Promise<TransactionDestination>,
): Promise<unknown[] | null> {
  const { commands } = job;
  const begun: { run?: TransactionRun } = {};
  const givenUp = await borrowing(job, async (servers, unsent) => {
    const found = destinationIn(servers);
    const destination = found instanceof Promise ? await found : found;
    begun.run = new TransactionRun(servers, commands, destination);
    await begun.run.run(unsent);
  });
  const { run } = begun;
  if (run === undefined) throw noneSent(commands, givenUp);
  const replies = run.outcome(givenUp);
  if (replies === null) return null;
  const results = readReplies(replies, commands, run.protocol);
  // All replies may have arrived when the time was over.
  if (run.isCutShort || results.some(isConnectionProblem)) throw cutShort(results, givenUp);
  if (run.isRefused) throw new BatchError(results, culpritOf(results));
  return results;
}

/** The error of what was given up, which says why it was refused when it was to be sent again. */
function cutShort(results: readonly unknown[], cause: unknown): BatchConnectionError {
  const refusal = results.find((result) => result instanceof RedisServiceError && isPassing(result.cause));
  return new BatchConnectionError(results, cause, refusal as RedisServiceError | undefined);
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

/** The slot of a transaction, and of what is watched for it: a server watches only its own keys. */
function destinationOf(commands: readonly RecordedCommand[], hasSlots: boolean, watched: readonly string[] = []): TransactionDestination {
  if (!hasSlots) return { slot: undefined, key: undefined };
  const keys = [...watched, ...commands.flatMap(routingKeysOf)];
  const [key] = keys;
  requireOneSlot(keys, watched.length === 0 ? 'an atomic batch' : 'a transaction that watches');
  return { key, slot: key === undefined ? undefined : slotOf(key) };
}

/** What to run, and where connections for it come from. */
interface Job {
  readonly source: Pick<ServerSource, 'isReady' | 'borrow'>;
  readonly commands: readonly RecordedCommand[];
  readonly settings: BatchSettings;
}

/**
 * Lends servers to work while there is time: what comes too late goes back unused. A connection that cannot be had fails every command. Resolves to the
 * reason for giving up, or to undefined when the work ended.
 */
async function borrowing(
  { source, commands, settings }: Job,
  work: (servers: Servers, unsent: AbortSignal | undefined) => Promise<void>,
): Promise<unknown> {
  const limit = limitOf(settings, source);
  let isRunning = false;
  let offline: unknown;
  const lend = async (servers: Servers, unsent: AbortSignal | undefined): Promise<void> => {
    if (isAborted(unsent)) return;
    isRunning = true;
    // A pool is ready, whatever the state of the connection that it lends.
    const timeoutMs = limit.timeoutMs !== undefined || servers.isReady ? undefined : OFFLINE_TIMEOUT_MS;
    // What was lent goes back when the work is given up, also where a server says nothing.
    offline = await runWithin({ timeoutMs, signal: unsent }, (inTime) => work(servers, inTime));
  };
  try {
    return (await runWithin(limit, (unsent) => source.borrow((servers) => lend(servers, unsent)))) ?? offline;
  } catch (error) {
    if (isRunning) throw error;
    const [first] = commands as readonly [RecordedCommand];
    const cause = toRedatomError(error, { args: [nameOf(first)], key: undefined, write: false });
    throw allFailed(
      commands,
      commands.map((command) => failureOf(cause, command)),
    );
  }
}

/** The error when there was no time to send any of the commands. */
function noneSent(commands: readonly RecordedCommand[], cause: unknown): BatchConnectionError {
  return allFailed(
    commands,
    commands.map((command) => fateOf(command, cause, { isSent: false })),
    cause,
  );
}

function allFailed(commands: readonly RecordedCommand[], results: readonly RedatomError[], cause?: unknown): BatchConnectionError {
  reportFailures(results, commands);
  return new BatchConnectionError(results, cause);
}
