import type { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { runWithin } from '../../async/run-within';
import { Overdue } from '../../async/watch-limits';
import { timerMs } from '../../input/timer';
import type { StandaloneClient } from '../clients/client-shapes';
import type { Link } from '../clients/link';
import { nodeRedis } from '../clients/node-redis';
import { standaloneLink } from '../clients/standalone';
import { OFFLINE_TIMEOUT_MS } from '../deadline';
import type { Executor } from '../executor';
import { NodeRedisExecutor } from '../node-redis-executor';
import { connectFailure, isPassing, noteEnding } from '../reply-errors';
import { pauseBeforeReconnecting } from './reconnect';
import { wrongTarget, type ConnectionOptions } from './target';

const PROTOCOLS = new Set(['redis:', 'rediss:']);

/** Opens a connection of our own. */
export async function openUrl({ url, timeoutMs: askedMs = OFFLINE_TIMEOUT_MS, RESP }: ConnectionOptions): Promise<Executor> {
  const timeoutMs = timerMs(askedMs);
  const failures = new Failures();
  const make = (): OwnClient =>
    newClient({ url, timeoutMs, RESP }, (error) => {
      failures.note(error);
      noteEnding(error);
    });
  const client = make();
  await connectWithin(client, { url, timeoutMs }, failures);
  return new NodeRedisExecutor(ownLink(client, make), { timeoutMs });
}

interface Terms {
  readonly url: string;
  readonly timeoutMs: number;
  readonly RESP: 2 | 3 | undefined;
}

function newClient({ url, timeoutMs, RESP }: Terms, onError: (error: unknown) => void): OwnClient {
  if (!URL.canParse(url) || !PROTOCOLS.has(new URL(url).protocol)) throw wrongTarget(url);
  const { createClient } = nodeRedis();
  try {
    const client = createClient({
      url,
      RESP,
      commandOptions: { timeout: undefined },
      // A server that accepts the connection and then says nothing is noticed by these two, at no cost per command.
      pingInterval: Math.ceil(timeoutMs / 2),
      socket: { socketTimeout: timeoutMs, connectTimeout: timeoutMs, reconnectStrategy: pauseBeforeReconnecting },
    });
    client.on('error', onError);
    return client;
  } catch (error) {
    throw wrongTarget(url, error);
  }
}

/** A client that is ours, so that we may listen to it. */
interface OwnClient extends StandaloneClient {
  on(event: 'error' | 'reconnecting' | 'connect' | 'ready', listener: (error?: unknown) => void): unknown;
}

/**
 * The link of a client that is ours to drop. Another takes its place when it is started anew: a client that is connected again goes on with the attempts
 * from before as well, and takes the answers of all its connections for those of one.
 */
function ownLink(first: OwnClient, make: () => OwnClient): Link {
  let line = lineOf(first);
  const abandon = (): void => line.client.destroy();
  const restart = (): void => {
    if (!line.client.isOpen) return;
    abandon();
    line = lineOf(make());
    line.client.connect().catch(() => undefined);
  };
  const link = { abandon, restart, isCutOff: () => line.isCutOff, obstacle: () => line.obstacle };
  return Object.assign(Object.create(standaloneLink(() => line.client)) as Link, link);
}

/** A client, whether it stands between two connections, and what went wrong since it was ready. */
interface Line {
  readonly client: OwnClient;
  isCutOff: boolean;
  obstacle: unknown;
}

function lineOf(client: OwnClient): Line {
  const line: Line = { client, isCutOff: false, obstacle: undefined };
  client.on('error', (error) => {
    line.obstacle = error;
  });
  client.on('ready', () => {
    line.obstacle = undefined;
  });
  client.on('reconnecting', () => {
    line.isCutOff = true;
  });
  client.on('connect', () => {
    line.isCutOff = false;
  });
  return line;
}

/** What went wrong while a client tries to connect. */
class Failures {
  last: unknown = undefined;
  private readonly refusal = new AbortController();

  /** Aborts when the server refuses us for good, for instance because of a wrong password. */
  get refused(): AbortSignal {
    return this.refusal.signal;
  }

  note(error: unknown): void {
    this.last = error;
    const known = connectFailure(error);
    // BUSY is a script that runs for long: the server will serve us after it.
    if (known instanceof RedisServiceError && known.reply !== 'BUSY' && !isPassing(error)) this.refusal.abort(known);
  }
}

/** node-redis' connect() tries for ever. */
async function connectWithin(
  client: StandaloneClient,
  { url, timeoutMs }: { url: string; timeoutMs: number },
  failures: Failures,
): Promise<void> {
  try {
    const givenUp = await runWithin({ timeoutMs, signal: failures.refused }, () => client.connect().then(() => undefined));
    if (givenUp instanceof Overdue) throw noAnswer(url, givenUp, failures.last);
    if (givenUp !== undefined) throw givenUp as RedatomError;
  } catch (error) {
    if (client.isOpen) client.destroy();
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
