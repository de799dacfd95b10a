import { describe } from '../../input/describe';
import type { RedatomError } from '../../errors/base';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { isCluster, isPool, isSentinel, isStandalone, type AnyClient, type StandaloneClient } from './client-shapes';
import { clusterLink } from './cluster';
import { bareClient } from './command-options';
import { OFFLINE_TIMEOUT_MS } from '../deadline';
import type { Executor } from '../executor';
import type { Link } from './link';
import { nodeRedis } from './node-redis';
import { NodeRedisExecutor } from '../node-redis-executor';
import { pauseBeforeReconnecting } from './reconnect';
import { connectFailure, isPassing } from '../reply-errors';
import { refuseUnknown } from '../../input/options';
import { timerMs } from '../../input/timer';
import { sentinelLink } from './sentinel';
import { poolLink, standaloneLink } from './standalone';

/** A server to connect to. */
export interface ConnectionOptions {
  /** `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string;
  /** Longest time a call waits for a connection that is down, and for a server that does not answer, in milliseconds. Default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Version of the protocol. Default 3. */
  readonly RESP?: 2 | 3 | undefined;
}

/** Where to connect to: a URL, options, or a ready client of node-redis. */
export type ConnectionTarget = string | ConnectionOptions | AnyClient;

const CONNECTION_OPTIONS = { url: true, timeoutMs: true, RESP: true } satisfies Record<keyof ConnectionOptions, true>;

const PROTOCOLS = new Set(['redis:', 'rediss:']);

/** Opens a connection, or takes over the one that a ready client has. A ready client stays the user's to close. */
export async function openExecutor(target: ConnectionTarget, timeoutMs?: number): Promise<Executor> {
  const limit = timeoutMs === undefined ? {} : { timeoutMs: timerMs(timeoutMs) };
  if (typeof target === 'string') return openUrl({ url: target, ...limit });
  if (isOptions(target)) {
    refuseUnknown(target, CONNECTION_OPTIONS, 'connect({ url })');
    return openUrl({ ...target, ...limit });
  }
  const link = linkTo(target);
  if (link === undefined) throw wrongTarget(target);
  return new NodeRedisExecutor(borrowed(link), { timeoutMs: OFFLINE_TIMEOUT_MS, ...limit, limitsEachCall: timeoutMs !== undefined });
}

/** How to speak to a ready client, which is told by its shape; undefined for anything else. */
export function linkTo(client: AnyClient): Link | undefined {
  if (typeof client !== 'object' || (client as unknown) === null) return undefined;
  refuseKeyPrefix(client);
  if (isCluster(client)) return clusterLink(client);
  if (isSentinel(client)) return sentinelLink(client);
  if (isPool(client)) return poolLink(client);
  return isStandalone(client) ? standaloneLink(bareClient(client)) : undefined;
}

/** node-redis puts it before keys that it knows as such, and before those of raw commands and scripts it does not. */
function refuseKeyPrefix(client: AnyClient & { readonly _keyPrefix?: string | Buffer | undefined }): void {
  const { _keyPrefix: prefix } = client;
  if (prefix === undefined || prefix.length === 0) return;
  const instead = 'use a client without it, and @Model({ prefix }) or RedisTree({ namespace })';
  throw new TypeError(`a client with keyPrefix ${JSON.stringify(String(prefix))} would not put it before the keys of redatom; ${instead}`);
}

function isOptions(target: ConnectionTarget): target is ConnectionOptions {
  return typeof target === 'object' && (target as unknown) !== null && 'url' in target && !('sendCommand' in target);
}

/** What a ready client may be, for people. */
export const CLIENTS = 'a client, pool, cluster or sentinel of node-redis 5 or 6';

const WAYS = `a URL such as redis://localhost:6379, { url }, or ${CLIENTS}`;

function wrongTarget(target: unknown, cause?: unknown): TypeError {
  const reason = cause === undefined ? '' : `: ${(cause as Error).message}`;
  return new TypeError(`connect() takes ${WAYS}, found ${describeTarget(target)}${reason}`, { cause });
}

/** A target in a few words, for error messages. Whatever stands before an at sign may be a password. */
export function describeTarget(target: unknown): string {
  return describe(typeof target === 'string' ? target.replace(/^(\w+:\/+)?.*@/s, '$1***@') : target);
}

/** The same link, whose client is not ours to close. */
function borrowed(link: Link): Link {
  return Object.assign(Object.create(link) as Link, { close: () => Promise.resolve() });
}

async function openUrl({ url, timeoutMs: askedMs = OFFLINE_TIMEOUT_MS, RESP }: ConnectionOptions): Promise<Executor> {
  const timeoutMs = timerMs(askedMs);
  const failures = new Failures();
  const client = newClient({ url, timeoutMs, RESP }, (error) => failures.note(error));
  await connectWithin(client, { url, timeoutMs }, failures);
  return new NodeRedisExecutor(ownLink(client), { timeoutMs });
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
      ...(RESP === undefined ? {} : { RESP }),
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
  on(event: 'error' | 'reconnecting' | 'connect', listener: (error?: unknown) => void): unknown;
}

/** The link of a client that is ours to drop. */
function ownLink(client: OwnClient): Link {
  let isCutOff = false;
  client.on('reconnecting', () => {
    isCutOff = true;
  });
  client.on('connect', () => {
    isCutOff = false;
  });
  const abandon = (): void => {
    client.destroy();
  };
  const restart = (): void => {
    if (!client.isOpen) return;
    client.destroy();
    client.connect().catch(() => undefined);
  };
  return Object.assign(Object.create(standaloneLink(client)) as Link, { abandon, restart, isCutOff: () => isCutOff });
}

/** What went wrong while a client tries to connect. */
class Failures {
  last: unknown = undefined;
  /** Called when the server refuses us for good, for instance because of a wrong password. */
  onRefusal: (error: RedatomError) => void = () => undefined;

  note(error: unknown): void {
    this.last = error;
    const known = connectFailure(error);
    // BUSY is a script that runs for long: the server will serve us after it.
    if (known instanceof RedisServiceError && known.reply !== 'BUSY' && !isPassing(error)) this.onRefusal(known);
  }
}

/** node-redis' connect() tries for ever. */
async function connectWithin(
  client: StandaloneClient,
  { url, timeoutMs }: { url: string; timeoutMs: number },
  failures: Failures,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    failures.onRefusal = reject;
    timer = setTimeout(() => {
      const { protocol, host } = new URL(url);
      const { message } = (failures.last ?? {}) as { message?: string };
      const reason = message === undefined ? '' : `: ${message}`;
      reject(
        new RedisConnectionError(`no Redis server answered at ${protocol}//${host} within ${timeoutMs} ms${reason}`, {
          cause: failures.last,
        }),
      );
    }, timeoutMs);
  });
  try {
    await Promise.race([client.connect(), givenUp]);
  } catch (error) {
    if (client.isOpen) client.destroy();
    const known = connectFailure(error);
    throw known instanceof RedisServiceError || known instanceof RedisConnectionError
      ? known
      : new RedisConnectionError(known.message, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
