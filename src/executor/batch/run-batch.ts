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
   * Longest time for the whole batch, in milliseconds. Commands that were not sent by then are never sent; those that were sent may have been
   * applied. Default: none while the connection is up, 10 000 while it is down.
   */
  readonly timeoutMs?: number | undefined;
  /** Gives the batch up when the signal aborts, with the same effect as the time limit. */
  readonly signal?: AbortSignal | undefined;
  /** Sends the whole batch to one primary of a cluster. Default: each command goes to the server of its keys. */
  readonly route?: Route | undefined;
  /** Which commands may be sent twice. Default: none. */
  readonly retryStrategy?: RetryStrategy | undefined;
}

/** The names of these settings. */
export const BATCH_SETTINGS = { ...CALL_OPTIONS, route: true, retryStrategy: true } satisfies NamesOf<BatchSettings>;

/** Refuses unknown settings, including those within `retryStrategy`, and malformed routes. */
export function refuseUnknownSettings(settings: BatchSettings, known: OptionNames, what: string): void {
  refuseUnknown(settings, known, what);
  if (settings.retryStrategy !== undefined) refuseUnknown(settings.retryStrategy, RETRY_STRATEGY, 'retryStrategy');
  refuseWrongRoute(settings.route);
}

function limitOf(settings: BatchSettings, servers: Pick<Servers, 'isReady'>): CallOptions {
  const { signal, timeoutMs = servers.isReady ? undefined : OFFLINE_TIMEOUT_MS } = checkedLimits(settings);
  return { timeoutMs, signal };
}

/** Sends commands without a transaction. Resolves to the replies in order, with errors in place of those that failed. */
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
 * Runs commands as one transaction. Resolves to the replies in order, with errors in place of those that failed while it ran, or to null when a
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

/** The connection on which keys are watched, so none has to be borrowed. */
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
  // Giving up does not matter if all replies had arrived by then.
  if (run.isCutShort || results.some(isConnectionProblem)) throw cutShort(results, givenUp);
  if (run.isRefused) throw new BatchError(results, culpritOf(results));
  return results;
}

/** The error of a batch that was given up; it reports the refusal because of which a command was to be sent again. */
function cutShort(results: readonly unknown[], cause: unknown): BatchConnectionError {
  const refusal = results.find((result) => result instanceof RedisServiceError && isPassing(result.cause));
  return new BatchConnectionError(results, cause, refusal as RedisServiceError | undefined);
}

/** The failure of the command because of which the server refused the others as well. */
function culpritOf(results: readonly unknown[]): RedatomError | undefined {
  const failures = results.filter((result) => result instanceof RedatomError);
  return failures.find((failure) => !(failure instanceof RedisServiceError && failure.reply === 'EXECABORT'));
}

/** The results, unless one of them is a failure and failures are to be thrown. */
export function withoutFailure(results: unknown[], raiseOnError: boolean): unknown[] {
  const first = raiseOnError ? results.find((result) => result instanceof Error) : undefined;
  if (first === undefined) return results;
  throw isConnectionProblem(first) ? new BatchConnectionError(results) : new BatchError(results);
}

function isConnectionProblem(result: unknown): boolean {
  return result instanceof RedisConnectionError || result instanceof OutcomeUnknownError;
}

/** The slot of a transaction and of its watched keys, which must be the same: a server watches only its own keys. */
function destinationOf(commands: readonly RecordedCommand[], hasSlots: boolean, watched: readonly string[] = []): TransactionDestination {
  if (!hasSlots) return { slot: undefined, key: undefined };
  const keys = [...watched, ...commands.flatMap(routingKeysOf)];
  const [key] = keys;
  requireOneSlot(keys, watched.length === 0 ? 'an atomic batch' : 'a transaction that watches');
  return { key, slot: key === undefined ? undefined : slotOf(key) };
}

/** The commands to run, and the source of connections for them. */
interface Job {
  readonly source: Pick<ServerSource, 'isReady' | 'borrow'>;
  readonly commands: readonly RecordedCommand[];
  readonly settings: BatchSettings;
}

/** Sends commands to the servers that it was created with. */
interface Run {
  run(unsent: AbortSignal | undefined): Promise<void>;
}

/**
 * Lends servers to a run while there is time; servers that come too late are returned unused. If there is no connection, or the time is over before
 * anything has run, every command fails. `givenUp` is the reason for giving up; undefined when the run ended by itself.
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
    // No await unless there is a promise, so that the commands keep their place among other requests.
    run = start(servers, prepared instanceof Promise ? await prepared : prepared);
    await run.run(unsent);
  };
  const lend = async (servers: Servers, unsent: AbortSignal | undefined): Promise<void> => {
    if (isAborted(unsent)) return;
    isRunning = true;
    // A pool counts as ready whatever the state of the connection that it lends.
    const timeoutMs = limit.timeoutMs !== undefined || servers.isReady ? undefined : OFFLINE_TIMEOUT_MS;
    // Borrowed servers are returned when the work is given up, even if a server never answers.
    offline = await runWithin({ timeoutMs, signal: unsent }, (inTime) => work(servers, inTime));
  };
  try {
    givenUp = (await runWithin(limit, (unsent) => source.borrow((servers) => lend(servers, unsent)))) ?? offline;
  } catch (error) {
    // A connection failure means that nothing was sent.
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

/** The error when there was no time to send any command. */
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
