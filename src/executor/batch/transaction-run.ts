import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainOptions, NodeClient } from '../node-redis/client-shapes';
import type { Argument, Protocol, RecordedCommand } from '../commands/recorded-command';
import { isConnectionFailure, MAX_ROUNDS, pauseMs, redirectionOf, type Redirection } from './redirection';
import { failureIn, isClientError } from '../outcomes/client-errors';
import { isPassing, isServerAnswer } from '../outcomes/reply-errors';
import { isAborted } from '../../async/run-within';
import type { Servers } from '../clients/servers';
import { UnsentTogether } from '../outcomes/unsent';
import { fateOf, ranAlone } from './outcomes';

/** A connection with watched keys, on which the transaction must run. */
export interface Watching {
  readonly keys: readonly string[];
  readonly client: NodeClient;
  /** The server is taking the slot over, and has to be told by ASKING to serve it already. */
  readonly isAsking: boolean;
}

/** The place where a transaction runs. */
export interface TransactionDestination {
  readonly slot: number | undefined;
  readonly key: Argument | undefined;
  readonly server?: NodeClient | undefined;
  readonly watching?: Watching;
}

/** The outcome of one attempt. */
interface Attempt {
  /** The raw reply of each command, or an error; null when a watched key had changed. */
  readonly replies: readonly unknown[] | null;
  /** Nothing was applied. */
  readonly isRefused: boolean;
}

/** Runs commands as one MULTI/EXEC on one server. Sent again as a whole after an answer that says that nothing was done. */
export class TransactionRun {
  /** The raw reply of each command, or an error; null when a watched key had changed; undefined before it is known. */
  private replies: readonly unknown[] | null | undefined;
  /** The transaction was handed to a connection, which has not answered. */
  private isOnItsWay = false;
  /** The server refused the transaction as a whole: nothing was applied. */
  isRefused = false;
  protocol: Protocol = 3;
  private refused: readonly unknown[] | undefined;

  constructor(
    private readonly servers: Servers,
    private readonly commands: readonly RecordedCommand[],
    private readonly destination: TransactionDestination,
  ) {}

  async run(unsent: AbortSignal | undefined): Promise<void> {
    let redirection: Redirection | undefined;
    for (let round = 0; ; round += 1) {
      const found = this.clientFor(redirection);
      // No await unless there is a promise, so that the commands keep their place among other requests.
      const client = found instanceof Promise ? await found : found;
      if (isAborted(unsent)) return;
      this.protocol = client.options?.RESP ?? 3;
      const isWatched = this.destination.watching !== undefined || client.isWatching === true;
      const isAsking = redirection?.kind === 'ASK' || this.destination.watching?.isAsking === true;
      this.isOnItsWay = true;
      for (const command of this.commands) command.onSending?.(client);
      const { replies, isRefused } = await this.attempt(client, isAsking, unsent);
      this.isOnItsWay = false;
      // Only a refused attempt is repeated: commands that ran may have failed with any text, and must not run twice.
      const failure = isRefused ? replies?.find((reply) => this.isToRepeat(reply)) : undefined;
      if (isWatched && this.redirectionOf(failure) !== undefined) {
        await this.servers.refresh(this.destination.key);
        this.replies = null;
        return;
      }
      // The refusal ended the watch, so a repeated attempt would not notice changes made in the meantime.
      if (failure === undefined || isWatched || round === MAX_ROUNDS || isAborted(unsent)) {
        this.replies = replies;
        this.isRefused = isRefused;
        return;
      }
      this.refused = replies ?? undefined;
      await sleep(pauseMs(round));
      redirection = this.redirectionOf(failure);
      if (redirection?.kind !== 'ASK') await this.servers.refresh(this.destination.key);
    }
  }

  private redirectionOf(failure: unknown): Redirection | undefined {
    return this.servers.hasSlots ? redirectionOf(failure) : undefined;
  }

  /** Only called for refusals of the server itself, where nothing was done. */
  private isToRepeat(refusal: unknown): boolean {
    return this.redirectionOf(refusal) !== undefined || isPassing(refusal);
  }

  /** Given up before its outcome was known, or before it was sent again after a temporary refusal. */
  get isCutShort(): boolean {
    return this.replies === undefined;
  }

  /** The replies when it has ended, or what is known when it was given up because of `cause`. */
  outcome(cause: unknown): readonly unknown[] | null {
    if (this.replies !== undefined) return this.replies;
    if (this.refused !== undefined && !this.isOnItsWay) return this.refused;
    return this.commands.map((command) => fateOf(command, cause, { isSent: this.isOnItsWay }));
  }

  private clientFor(redirection: Redirection | undefined): NodeClient | Promise<NodeClient> {
    const { server, slot } = this.destination;
    if (redirection === undefined) return server ?? this.servers.ofSlot(slot);
    return this.servers.redirected(redirection.address, slot);
  }

  private async attempt(client: NodeClient, asking: boolean, unsent: AbortSignal | undefined): Promise<Attempt> {
    const isChain = this.destination.watching !== undefined || (client.isWatching !== true && (asking || unsent !== undefined));
    const silence = this.servers.isReady ? this.servers.silence : undefined;
    let lost: unknown;
    silence?.begin();
    try {
      const attempt = await (isChain ? runChain(client, this.commands, { asking, unsent }) : runMulti(client, this.commands));
      lost = attempt.replies?.find(isConnectionFailure);
      return attempt;
    } finally {
      silence?.settle(lost);
    }
  }
}

/**
 * The client's own transaction: the fastest way, and the only one that works when the user watches keys on this very client, because the client must
 * know that this is the transaction for which they are watched.
 */
async function runMulti(client: NodeClient, commands: readonly RecordedCommand[]): Promise<Attempt> {
  const isWatching = client.isWatching === true;
  const multi = client.multi();
  for (const { args } of commands) multi.addCommand(args);
  try {
    return { replies: (await multi.exec()) as unknown[], isRefused: false };
  } catch (error) {
    if (isClientError(error, 'WatchError')) return { replies: null, isRefused: false };
    const { replies } = error as { replies?: unknown[] };
    if (replies !== undefined) return { replies, isRefused: false };
    const isUnclear = isServerAnswer(error) && redirectionOf(error) === undefined && !isPassing(error);
    const refusal = isUnclear ? await refusalOfMulti(client) : undefined;
    if (refusal !== undefined) return { replies: commands.map((command) => ranAlone(command, refusal)), isRefused: false };
    // The error does not say which command could not be queued. Nothing was applied, so the commands are sent again as a chain, which tells.
    if (isUnclear && !isWatching) return runChain(client, commands, { asking: false, unsent: undefined });
    return { replies: commands.map(() => failureIn(error)), isRefused: true };
  }
}

/**
 * Why the server refuses to begin a transaction, such as for lack of rights; undefined if it does not refuse. If it refused, the commands were not
 * queued, but ran.
 */
async function refusalOfMulti(client: NodeClient): Promise<unknown> {
  const chainId = Symbol('no transaction');
  const [opened] = await Promise.allSettled(['MULTI', 'DISCARD'].map((name) => client.sendCommand([name], { chainId })));
  return opened?.status === 'rejected' && isServerAnswer(opened.reason) ? opened.reason : undefined;
}

async function runChain(
  client: NodeClient,
  commands: readonly RecordedCommand[],
  { asking, unsent }: { asking: boolean; unsent: AbortSignal | undefined },
): Promise<Attempt> {
  const chainId = Symbol('transaction');
  const head: ChainOptions = { chainId, abortSignal: unsent };
  const opening = client.sendCommand([asking ? 'ASKING' : 'MULTI'], head);
  const tail = unsent === undefined ? head : { chainId, abortSignal: takenBackWith(opening) };
  const opened = asking ? [opening, client.sendCommand(['MULTI'], tail)] : [opening];
  const queued = commands.map(({ args }) => client.sendCommand(args, tail));
  const executed = client.sendCommand(['EXEC'], tail);
  const settled = await Promise.allSettled([...opened, ...queued, executed]);
  return readChain(settled.map(outcomeOf), commands);
}

/**
 * Takes the rest of a chain back together with its first command. Without that, the rest would run outside of a transaction; and alone, the first
 * command would swallow the commands that follow.
 */
function takenBackWith(opening: Promise<unknown>): UnsentTogether {
  const rest = new UnsentTogether();
  opening.catch(() => rest.abort());
  return rest;
}

function outcomeOf(settled: PromiseSettledResult<unknown>): unknown {
  return settled.status === 'fulfilled' ? settled.value : failureIn(settled.reason);
}

function readChain(outcomes: readonly unknown[], commands: readonly RecordedCommand[]): Attempt {
  const executed = outcomes[outcomes.length - 1];
  if (executed === null) return { replies: null, isRefused: false };
  if (Array.isArray(executed)) return { replies: executed, isRefused: false };
  const queued = outcomes.slice(outcomes.length - 1 - commands.length, -1);
  const opened = outcomes[outcomes.length - 2 - commands.length];
  if (isServerAnswer(opened)) {
    const alone = commands.map((command, at) => (isServerAnswer(queued[at]) ? queued[at] : ranAlone(command, opened)));
    return { replies: alone, isRefused: queued.every(isServerAnswer) };
  }
  const lost = outcomes.find((outcome) => outcome instanceof Error && !isServerAnswer(outcome));
  const fate = lost === undefined ? executed : lostIn(outcomes, lost);
  // Commands that could not be queued have their own error; the others share the fate of the transaction.
  const replies = queued.map((outcome) => (isServerAnswer(outcome) ? outcome : fate));
  return { replies, isRefused: lost === undefined };
}

/** If the first command was never written, nothing was. */
function lostIn(outcomes: readonly unknown[], lost: unknown): unknown {
  return outcomes[0] instanceof Error ? outcomes[0] : lost;
}
