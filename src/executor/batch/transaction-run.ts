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

/** Keys are watched on a connection, which is the only one that will do then. */
export interface Watching {
  readonly keys: readonly string[];
  readonly client: NodeClient;
  /** The server takes the slot over, and has to be asked to serve it already. */
  readonly isAsking: boolean;
}

/** Where a transaction runs. */
export interface TransactionDestination {
  readonly slot: number | undefined;
  readonly key: Argument | undefined;
  readonly server?: NodeClient | undefined;
  readonly watching?: Watching;
}

/** What the server made of one attempt. */
interface Attempt {
  /** The raw reply of each command, or an error; null when a watched key had changed. */
  readonly replies: readonly unknown[] | null;
  /** Nothing was applied. */
  readonly isRefused: boolean;
}

/** Runs commands as one MULTI/EXEC on one server. What says that nothing was done sends it again, as a whole. */
export class TransactionRun {
  /** The raw reply of each command, or an error; null when a watched key had changed; undefined before it is known. */
  private replies: readonly unknown[] | null | undefined;
  /** It was handed to a connection, which has not answered. */
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
      // What need not wait keeps its place among other requests.
      const client = found instanceof Promise ? await found : found;
      if (isAborted(unsent)) return;
      this.protocol = client.options?.RESP ?? 3;
      const isWatched = this.destination.watching !== undefined || client.isWatching === true;
      const isAsking = redirection?.kind === 'ASK' || this.destination.watching?.isAsking === true;
      this.isOnItsWay = true;
      for (const command of this.commands) command.onSending?.(client);
      const { replies, isRefused } = await this.attempt(client, isAsking, unsent);
      this.isOnItsWay = false;
      // What ran may have failed with any text, and must not run twice.
      const failure = isRefused ? replies?.find((reply) => this.isToRepeat(reply)) : undefined;
      if (isWatched && this.redirectionOf(failure) !== undefined) {
        await this.servers.refresh(this.destination.key);
        this.replies = null;
        return;
      }
      // The refusal ended the watch: run again, it would not be noticed what has changed meanwhile.
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

  /** Says that nothing was done, so it is the server that says so. */
  private isToRepeat(refusal: unknown): boolean {
    return this.redirectionOf(refusal) !== undefined || isPassing(refusal);
  }

  /** It was given up before it was known what became of it, or before what was refused for the moment was sent again. */
  get isCutShort(): boolean {
    return this.replies === undefined;
  }

  /** What is known when it has ended, or when it was given up because of `cause`. */
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
 * The client's own transaction: the fastest way, and the only one when the user watches keys on this very client, which has to know that this is what he
 * watches them for.
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
    // It does not say which command could not be queued. Nothing was applied then, so it is asked again.
    if (isUnclear && !isWatching) return runChain(client, commands, { asking: false, unsent: undefined });
    return { replies: commands.map(() => failureIn(error)), isRefused: true };
  }
}

/** Why the server begins no transaction, such as for a user who must not; undefined when it does. Then commands were not queued, but ran. */
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

/** The rest of a chain goes with its beginning: without it, it would be executed outside of a transaction; alone, the beginning would swallow what follows. */
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
  // What could not be queued says why; the others share the fate of the whole.
  const replies = queued.map((outcome) => (isServerAnswer(outcome) ? outcome : fate));
  return { replies, isRefused: lost === undefined };
}

/** When already the opening was never written, nothing was. */
function lostIn(outcomes: readonly unknown[], lost: unknown): unknown {
  return outcomes[0] instanceof Error ? outcomes[0] : lost;
}
