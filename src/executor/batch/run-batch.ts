import { BatchConnectionError, BatchError } from '../../errors/batch';
import { OutcomeUnknownError } from '../../errors/commit';
import { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { slotOf } from '../../path/slot';
import { PipelineRun, RETRY_STRATEGY, type RetryStrategy } from './pipeline-run';
import { promised } from '../../async/promised';
import { nameOf, routingKeysOf, type RecordedCommand } from '../commands/recorded-command';
import { isPassing, toRedatomError } from '../outcomes/reply-errors';
import { requireOneSlot } from '../commands/one-slot';
import { planForCluster, planForOne, refuseWrongRoute, serverOf, type Plan, type Route } from './route';
import { oneServer, type ServerSource, type Servers } from '../clients/servers';
import { refuseUnknown, type OptionNames, type NamesOf } from '../../input/options';
import { OFFLINE_TIMEOUT_MS } from '../outcomes/deadline';
import { CALL_OPTIONS, checkedLimits, type CallOptions } from '../../input/call-options';
import { failureOf, fateOf, readReplies, reportFailures } from './outcomes';
import { TransactionRun, type TransactionDestination, type Watching } from './transaction-run';
import { isAborted, runWithin } from '../../async/run-within';

/** How a list of commands runs. */
export interface BatchSettings {
  /**
   * Longest time for the whole batch, in milliseconds. What was not sent by then is never sent; what was sent may have been applied.
   * Default: none while the connection is up, 10 000 while it is down.
   */
  readonly timeoutMs?: number | undefined;
  /** Gives the batch up when it aborts, as the end of its time does. */
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

function limitOf(settings: BatchSettings, servers: Pick<Servers, 'isReady'>): CallOptions {
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
  const { run, givenUp } = await runBorrowed(
    { source, commands, settings },
    (servers) => planOf(commands, servers, settings.route),
    (servers, plan) => new PipelineRun(servers, plan, settings.retryStrategy ?? {}),
  );
  const isCutShort = givenUp !== undefined && run.settle(givenUp);
  const results = readReplies(run.plan.assemble(run.replies), commands, run.protocol);
  if (isCutShort || (givenUp !== undefined && results.some(isConnectionProblem))) throw cutShort(results, givenUp);
  return results;
}

function planOf(commands: readonly RecordedCommand[], servers: Servers, route: Route | undefined): Plan | Promise<Plan> {
  if (!servers.hasSlots) return planForOne(commands);
  if (route === undefined) return planForCluster(commands, servers);
  return serverOf(route, servers).then((server) => planForOne(commands, server));
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
  const start = (servers: Servers, destination: TransactionDestination): TransactionRun =>
    new TransactionRun(servers, commands, destination);
  const { run, givenUp } = await runBorrowed(job, destinationIn, start);
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

/** The results, where none of them is a failure, or none is to be thrown. */
export function withoutFailure(results: unknown[], raiseOnError: boolean): unknown[] {
  const first = raiseOnError ? results.find((result) => result instanceof Error) : undefined;
  if (first === undefined) return results;
  throw isConnectionProblem(first) ? new BatchConnectionError(results) : new BatchError(results);
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

/** What sends commands to the servers that it was made for. */
interface Run {
  run(unsent: AbortSignal | undefined): Promise<void>;
}

/**
 * Lends servers to what is to run while there is time: what comes too late goes back unused. A connection that cannot be had fails every command, and so does
 * the end of the time before anything has run. `givenUp` is the reason for giving up; undefined when it ended.
 */
async function runBorrowed<P, R extends Run>(
  { source, commands, settings }: Job,
  prepare: (servers: Servers) => P | Promise<P>,
  start: (servers: Servers, prepared: P) => R,
): Promise<{ readonly run: R; readonly givenUp: unknown }> {
  const limit = limitOf(settings, source);
  let isRunning = false;
  let offline: unknown;
  let givenUp: unknown;
  let run: R | undefined;
  const work = async (servers: Servers, unsent: AbortSignal | undefined): Promise<void> => {
    const prepared = prepare(servers);
    // What need not wait keeps its place among other requests.
    run = start(servers, prepared instanceof Promise ? await prepared : prepared);
    await run.run(unsent);
  };
  const lend = async (servers: Servers, unsent: AbortSignal | undefined): Promise<void> => {
    if (isAborted(unsent)) return;
    isRunning = true;
    // A pool is ready, whatever the state of the connection that it lends.
    const timeoutMs = limit.timeoutMs !== undefined || servers.isReady ? undefined : OFFLINE_TIMEOUT_MS;
    // What was lent goes back when the work is given up, also where a server says nothing.
    offline = await runWithin({ timeoutMs, signal: unsent }, (inTime) => work(servers, inTime));
  };
  try {
    givenUp = (await runWithin(limit, (unsent) => source.borrow((servers) => lend(servers, unsent)))) ?? offline;
  } catch (error) {
    // A server to which there is no connection is asked nothing.
    if (isRunning && !(error instanceof RedisConnectionError)) throw error;
    const [first] = commands as readonly [RecordedCommand];
    const cause = toRedatomError(error, { args: [nameOf(first)], key: undefined, write: false });
    throw allFailed(
      commands,
      commands.map((command) => failureOf(cause, command)),
    );
  }
  if (run === undefined) throw noneSent(commands, givenUp);
  return { run, givenUp };
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
