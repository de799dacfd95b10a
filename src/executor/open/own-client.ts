import type { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { runWithin } from '../../async/run-within';
import { Overdue } from '../../async/watch-limits';
import { timerMs } from '../../input/timer';
import { getOrMake } from '../../memo/get-or-make';
import type { StandaloneClient } from '../node-redis/client-shapes';
import type { Link } from '../clients/link';
import { nodeRedis, type NodeRedis } from '../node-redis/load';
import { OwnSockets } from '../node-redis/own-sockets';
import { standaloneLink } from '../clients/standalone';
import { OFFLINE_TIMEOUT_MS } from '../outcomes/deadline';
import type { Executor } from '../executor';
import { NodeRedisExecutor } from '../node-redis-executor';
import { connectFailure, isPassing, noteEnding } from '../outcomes/reply-errors';
import { pauseBeforeReconnecting } from './reconnect';
import { wrongTarget, type ConnectionOptions } from './target';

const PROTOCOLS = new Set(['redis:', 'rediss:']);

/** Opens a connection of our own. */
export async function openUrl({ url, timeoutMs: askedMs = OFFLINE_TIMEOUT_MS, RESP }: ConnectionOptions): Promise<Executor> {
  const timeoutMs = timerMs(askedMs);
  const make = (): WatchedClient => new WatchedClient((sockets) => newClient({ url, timeoutMs, RESP }, sockets));
  const first = make();
  await connectWithin(first, { url, timeoutMs });
  return new NodeRedisExecutor(ownLink(first, make), { timeoutMs });
}

interface Terms {
  readonly url: string;
  readonly timeoutMs: number;
  readonly RESP: 2 | 3 | undefined;
}

function newClient({ url, timeoutMs, RESP }: Terms, sockets: OwnSockets): OwnClient {
  if (!URL.canParse(url) || !PROTOCOLS.has(new URL(url).protocol)) throw wrongTarget(url);
  try {
    return blankClient(RESP).duplicate({
      url,
      commandOptions: { timeout: undefined },
      // These two detect a server that accepts the connection and then falls silent, at no cost per command.
      pingInterval: Math.ceil(timeoutMs / 2),
      socket: sockets.options({ socketTimeout: timeoutMs, connectTimeout: timeoutMs, reconnectStrategy: pauseBeforeReconnecting }),
    });
  } catch (error) {
    throw wrongTarget(url, error);
  }
}

type BlankClient = ReturnType<NodeRedis['createClient']>;
const blankClients = new Map<2 | 3 | undefined, BlankClient>();

/** A client that is only copied. node-redis makes a class of all commands for each client with options of its own, which takes longer than to connect. */
function blankClient(RESP: 2 | 3 | undefined): BlankClient {
  return getOrMake(blankClients, RESP, () => nodeRedis().createClient({ RESP }));
}

/** A client of our own, so that we may listen to its events. */
interface OwnClient extends StandaloneClient {
  on(event: 'error' | 'reconnecting' | 'connect' | 'ready', listener: (error?: unknown) => void): unknown;
}

/**
 * The link of a client of our own. A restart replaces the client: one that is connected again would also go on with its earlier attempts, and would
 * take the answers of all its connections for those of one.
 */
function ownLink(first: WatchedClient, make: () => WatchedClient): Link {
  let present = first;
  const abandon = (): void => present.drop();
  const restart = (): void => {
    if (!present.client.isOpen) return;
    abandon();
    present = make();
    present.client.connect().catch(() => undefined);
  };
  const link = standaloneLink(() => present.client);
  const close = async (): Promise<void> => {
    await link.close();
    abandon();
  };
  const own = { close, abandon, restart, isCutOff: () => present.isCutOff, obstacle: () => present.obstacle };
  return Object.assign(Object.create(link) as Link, own);
}

/** A client, whether it is between two connections, and the latest error since it was ready. */
class WatchedClient {
  isCutOff = false;
  obstacle: unknown = undefined;
  readonly client: OwnClient;
  private readonly refusal = new AbortController();
  private readonly sockets = new OwnSockets();

  constructor(make: (sockets: OwnSockets) => OwnClient) {
    const client = (this.client = make(this.sockets));
    client.on('error', (error) => this.note(error));
    client.on('ready', () => {
      this.obstacle = undefined;
    });
    client.on('reconnecting', () => {
      this.isCutOff = true;
    });
    client.on('connect', () => {
      this.isCutOff = false;
    });
  }

  /** Aborts when the server refuses us for good, for instance because of a wrong password. */
  get refused(): AbortSignal {
    return this.refusal.signal;
  }

  /** Ends its connection for good. */
  drop(): void {
    this.client.destroy();
    this.sockets.end();
  }

  private note(error: unknown): void {
    this.obstacle = error;
    const known = connectFailure(error);
    // BUSY means that a long script is running; the server will serve us after it.
    if (known instanceof RedisServiceError && known.reply !== 'BUSY' && !isPassing(error)) this.refusal.abort(known);
    // Must come last: once noted as the end of a connection, the error no longer counts as an answer.
    noteEnding(error);
  }
}

/** The limit is ours because node-redis' connect() retries for ever. */
async function connectWithin(watched: WatchedClient, { url, timeoutMs }: Pick<Terms, 'url' | 'timeoutMs'>): Promise<void> {
  const { client, refused: signal } = watched;
  try {
    const givenUp = await runWithin({ timeoutMs, signal }, () => client.connect().then(() => undefined));
    if (givenUp instanceof Overdue) throw noAnswer(url, givenUp, watched.obstacle);
    if (givenUp !== undefined) throw givenUp as RedatomError;
  } catch (error) {
    watched.drop();
    const known = connectFailure(error);
    throw known instanceof RedisServiceError || known instanceof RedisConnectionError
      ? known
      : new RedisConnectionError(known.message, { cause: error });
  }
}

function noAnswer(url: string, { timeoutMs }: Overdue, cause: unknown): RedisConnectionError {
  const { protocol, host } = new URL(url);
  const { message } = (cause ?? {}) as { message?: string };
  const reason = message === undefined ? '' : `: ${message}`;
  return new RedisConnectionError(`no Redis server answered at ${protocol}//${host} within ${timeoutMs} ms${reason}`, { cause });
}
