import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe } from '../input/describe';
import { BatchError, TransactionAbortedError, type BatchResults } from '../errors/batch';
import { RedisServiceError } from '../errors/connection';
import { CommandRecorder, type CommandPipe } from '../executor/commands/command-pipe';
import type { RecordedCommand } from '../executor/commands/recorded-command';
import { rawCommand } from '../executor/commands/raw-command';
import type { Watching } from '../executor/batch/transaction-run';
import { requireOneSlot } from '../executor/commands/one-slot';
import { toldTogether } from '../executor/batch/outcomes';
import { refuseUnknown, type NamesOf } from '../input/options';
import { deadlineOf } from '../async/time-left';
import { CALL_OPTIONS, checkedLimits, type CallOptions } from '../input/call-options';
import { checkedRetries } from '../input/retries';
import {
  BATCH_SETTINGS,
  refuseUnknownSettings,
  runCommands,
  runTransaction,
  withoutFailure,
  type BatchSettings,
} from '../executor/batch/run-batch';
import { isPassing, isUnknownScript } from '../executor/outcomes/reply-errors';
import type { ServerSource } from '../executor/clients/servers';
import { serversOf, type BatchTarget } from '../executor/open/target';
import { collect, type Build } from './building';
import { scriptArguments, scriptKeys, type ScriptArgument } from './script-arguments';
import { runWatched, type Attempt } from './watched';

/** Options of `execute`. */
export interface ExecuteOptions extends BatchSettings {
  /** Throws when a command fails; false leaves errors in place of the replies. Default true. */
  readonly raiseOnError?: boolean | undefined;
}

/** Options of `transact` and `atomic`. */
export interface TransactOptions extends Omit<ExecuteOptions, 'retryStrategy'> {
  /** Keys that must not change between the start of the builder and the transaction. */
  readonly watch?: readonly string[] | undefined;
  /** How often the builder runs again after a watched key has changed. Default 0. */
  readonly retries?: number | undefined;
}

const EXECUTE_OPTIONS = { raiseOnError: 'boolean', ...BATCH_SETTINGS } satisfies NamesOf<ExecuteOptions>;
const TRANSACT_OPTIONS = {
  watch: true,
  retries: true,
  raiseOnError: 'boolean',
  ...CALL_OPTIONS,
  route: true,
} satisfies NamesOf<TransactOptions>;

/** The result of `atomic`. */
export interface AtomicResult<T> {
  /** What the callback returned. */
  readonly value: T;
  /** The reply of each command, in order. */
  readonly results: BatchResults;
}

/** The outcome of a transaction that ran. */
type Applied = Pick<Attempt, 'value'> & { readonly results: unknown[] };

const MAX_PAUSE_MS = 50;

/** Pipelines, transactions and scripts on one connection, which remains yours to close. */
export class PipelineOperations {
  private readonly servers: ServerSource;

  /**
   * @param target - The result of `connect`, or a client, pool, cluster or sentinel of node-redis.
   * @param limits - Limits of calls that set none of their own.
   */
  constructor(
    target: BatchTarget,
    private readonly limits: CallOptions = {},
  ) {
    refuseUnknown(limits, CALL_OPTIONS, 'PipelineOperations');
    checkedLimits(limits);
    this.servers = serversOf(target);
  }

  /**
   * Sends the commands that `build` records in one go, not as a transaction: each is applied or refused on its own.
   *
   * @param build - A function that records commands on the pipe it receives, or a batch of `redatom/batch`. If the function throws, so does
   * `execute`, and nothing is sent.
   * @returns the reply of each command, in order; `[]` when none was recorded.
   * @throws {@link RedisServiceError} a command failed; the others ran, and their replies are in `results`.
   * @throws {@link RedisConnectionError} the connection failed; `maybeApplied` tells whether writes were on their way.
   * @example
   * ```ts
   * await operations.execute((pipe) => {
   *   pipe.set('k1', 'v1');
   *   pipe.set('k2', 'v2');
   * }); // => ['OK', 'OK']
   * ```
   */
  async execute(build: Build | CommandRecorder, options: ExecuteOptions = {}): Promise<unknown[]> {
    const results = await toldTogether(recordedIn(build), async () => {
      refuseUnknownSettings(options, EXECUTE_OPTIONS, 'execute()');
      const { commands } = await collect(build);
      return runCommands(this.servers, commands, this.limited(options));
    });
    return withoutFailure(results, options.raiseOnError ?? true);
  }

  /**
   * Runs the commands that `build` records as one transaction (`MULTI`/`EXEC`): no other client's command comes between.
   *
   * If a command fails while the transaction runs, the others stay applied. With `watch`, the transaction runs on a dedicated connection, so no other
   * work can end the watch.
   *
   * @throws {@link TransactionAbortedError} a watched key changed in each attempt that `retries` allows; nothing was applied.
   * @throws {@link CrossSlotError} the keys lie in several slots of a cluster; nothing was sent.
   * @throws {@link RedisServiceError} a command was refused; `results` has the outcome of each.
   * @throws {@link RedisConnectionError} the connection failed; `maybeApplied` tells whether the transaction was on its way.
   */
  async transact(build: Build | CommandRecorder, options: TransactOptions = {}): Promise<unknown[]> {
    const { results } = await toldTogether(recordedIn(build), () => this.runAtomic(build, options, 'transact()'));
    return withoutFailure(results, options.raiseOnError ?? true);
  }

  /**
   * Runs a callback, then the commands that it recorded as one transaction. When the callback throws, nothing is sent.
   *
   * @example
   * ```ts
   * const { results } = await operations.atomic(async (pipe) => {
   *   pipe.set('session:abc', 'token');
   *   pipe.expire('session:abc', 3600);
   * });
   * results; // => ['OK', 1]
   * ```
   */
  async atomic<T>(work: (pipe: CommandPipe) => T | Promise<T>, options: TransactOptions = {}): Promise<AtomicResult<T>> {
    const { value, results } = await this.runAtomic(work, options, 'atomic()');
    return { value: value as T, results: withoutFailure(results, options.raiseOnError ?? true) };
  }

  /**
   * Runs a Lua script, which nothing can interrupt. Sends the digest of the script, and its text when the server does not know the digest.
   *
   * @param keys - The `KEYS` of the script; on a cluster in one slot.
   * @param args - The `ARGV` of the script: text, numbers or bytes.
   * @param options - Limits of the call, for both requests together. Default: those of this object.
   * @throws {@link RedisServiceError} the script failed. Its earlier writes stay.
   * @throws {@link RedisConnectionError} no reply arrived; `maybeApplied` tells whether the script was on its way.
   * @example
   * ```ts
   * await operations.evalScript("return redis.call('SET', KEYS[1], ARGV[1])", ['mykey'], ['value']); // => 'OK'
   * ```
   */
  // eslint-disable-next-line max-params -- the first three are what `EVAL` takes
  async evalScript(
    script: string,
    keys: readonly string[] = [],
    args: readonly ScriptArgument[] = [],
    options: CallOptions = {},
  ): Promise<unknown> {
    refuseUnknown(options, CALL_OPTIONS, 'evalScript()');
    if (typeof script !== 'string') throw new TypeError(`a script must be text, found ${describe(script)}`);
    const named = scriptKeys(keys);
    if (this.servers.hasSlots) requireOneSlot(named, 'a script');
    const rest = [String(named.length), ...named, ...scriptArguments(args)];
    const left = deadlineOf(this.limited(options));
    // A server that refuses for the moment has not begun the script, and there are no other commands to overtake.
    const retryStrategy = { retryServerError: true };
    const call = (...start: string[]): Promise<unknown[]> =>
      runCommands(this.servers, [rawCommand([...start, ...rest])], { ...left(), retryStrategy });
    const digest = createHash('sha1').update(script).digest('hex');
    const [first] = await call('EVALSHA', digest);
    const isUnknown = first instanceof RedisServiceError && isUnknownScript(first.cause);
    const [answer] = isUnknown ? await call('EVAL', script) : [first];
    // With a single command, its own error says everything.
    if (answer instanceof RedisServiceError) throw answer;
    return withoutFailure([answer], true)[0];
  }

  /** Fills in the limits of this object; an option that is undefined counts as missing. */
  private limited<O extends BatchSettings>(options: O): O {
    const { timeoutMs = this.limits.timeoutMs, signal = this.limits.signal } = options;
    return { ...options, timeoutMs, signal };
  }

  private async runAtomic(build: Build | CommandRecorder, options: TransactOptions, verb: string): Promise<Applied> {
    refuseUnknownSettings(options, TRANSACT_OPTIONS, verb);
    const { watch = [], retries = 0, route } = options;
    refuseNoKeys(watch);
    if (watch.length > 0 && route !== undefined)
      throw new TypeError('a transaction with watch runs on the server of the watched keys; leave out the route');
    const limits = this.limited(options);
    checkedLimits(limits);
    const left = deadlineOf(limits);
    const most = checkedRetries(retries);
    for (let attempt = 1; ; attempt += 1) {
      const { value, results, refusal } = await (watch.length === 0
        ? this.runOnce(build, left)
        : runWatched(this.servers, { keys: watch, left }, (watching) => this.runOnce(build, () => ({ ...left(), watching }))));
      if (results !== null) return { value, results };
      if (attempt > most) throw refusal ?? new TransactionAbortedError(watch, attempt);
      await sleep(Math.random() * Math.min(attempt, MAX_PAUSE_MS));
    }
  }

  private async runOnce(build: Build | CommandRecorder, left: () => BatchSettings & { watching?: Watching }): Promise<Attempt> {
    const { value, commands } = await collect(build);
    const settings = left();
    try {
      return { value, results: await runTransaction(this.servers, commands, settings) };
    } catch (error) {
      if (settings.watching !== undefined && isRefusedForNow(error)) return { value, results: null, refusal: error };
      throw error;
    }
  }
}

/** Whether a temporary refusal rejected the whole transaction, which also ended the watch. */
function isRefusedForNow(error: unknown): error is BatchError {
  return error instanceof BatchError && error.cause instanceof RedisServiceError && isPassing(error.cause.cause);
}

/** The commands of a batch before it runs; a builder has recorded nothing yet that could be taken back. */
function recordedIn(build: Build | CommandRecorder): readonly RecordedCommand[] {
  return build instanceof CommandRecorder ? [...build.commands] : [];
}

/** Refuses keys that are not a list of texts; a text would be watched letter by letter. */
function refuseNoKeys(watch: readonly string[]): void {
  if (Array.isArray(watch) && watch.every((key) => typeof key === 'string')) return;
  throw new TypeError(`watch must be a list of keys such as ['key'], found ${describe(watch)}`);
}
