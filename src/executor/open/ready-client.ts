import { isCluster, isPool, isSentinel, isStandalone, type AnyClient } from '../node-redis/client-shapes';
import { clusterLink } from '../clients/cluster';
import { bareClient } from '../node-redis/command-options';
import type { Link } from '../clients/link';
import { sentinelLink } from '../clients/sentinel';
import { poolLink } from '../clients/pool';
import { standaloneLink } from '../clients/standalone';

/** What a ready client may be, for people. */
export const CLIENTS = 'a client, pool, cluster or sentinel of node-redis 5 or 6';

/** How to speak to a ready client, which is told by its shape; undefined for anything else. */
export function linkTo(client: AnyClient): Link | undefined {
  if (typeof client !== 'object' || (client as unknown) === null) return undefined;
  refuseKeyPrefix(client);
  if (isCluster(client)) return clusterLink(client);
  if (isSentinel(client)) return sentinelLink(client);
  if (isPool(client)) return poolLink(client);
  if (!isStandalone(client)) return undefined;
  const bare = bareClient(client);
  return standaloneLink(() => bare);
}

/** node-redis puts it before keys that it knows as such, and before those of raw commands and scripts it does not. */
function refuseKeyPrefix(client: AnyClient & { readonly _keyPrefix?: string | Buffer | undefined }): void {
  const { _keyPrefix: prefix } = client;
  if (prefix === undefined || prefix.length === 0) return;
  const instead = 'use a client without it, and @Model({ prefix }) or RedisTree({ namespace })';
  throw new TypeError(`a client with keyPrefix ${JSON.stringify(String(prefix))} would not put it before the keys of redatom; ${instead}`);
}
