import { refuseUnknown, type NamesOf } from '../../input/options';
import { timerMs } from '../../input/timer';
import type { Link } from '../clients/link';
import { OFFLINE_TIMEOUT_MS } from '../outcomes/deadline';
import type { Executor } from '../executor';
import { NodeRedisExecutor } from '../node-redis-executor';
import { openUrl } from './own-client';
import { linkTo } from './ready-client';
import { withRedisJson } from './with-redis-json';
import { wrongTarget, type ConnectionOptions, type ConnectionTarget } from './target';

const CONNECTION_OPTIONS = { url: true, timeoutMs: true, RESP: true } satisfies NamesOf<ConnectionOptions>;

/**
 * Opens a connection, or takes over that of a ready client. Closing a ready client remains up to the user.
 *
 * @throws {@link RedisServiceError} the server has JSON commands of another module than RedisJSON.
 */
export async function openExecutor(target: ConnectionTarget, timeoutMs?: number): Promise<Executor> {
  return withRedisJson(await opened(target, timeoutMs));
}

async function opened(target: ConnectionTarget, timeoutMs: number | undefined): Promise<Executor> {
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

function isOptions(target: ConnectionTarget): target is ConnectionOptions {
  return typeof target === 'object' && (target as unknown) !== null && 'url' in target && !('sendCommand' in target);
}

/** The same link without its close(), because the client is not ours. */
function borrowed(link: Link): Link {
  return Object.assign(Object.create(link) as Link, { close: () => Promise.resolve() });
}
