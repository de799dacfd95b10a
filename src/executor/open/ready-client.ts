import { isCluster, isPool, isSentinel, isStandalone, type AnyClient } from '../node-redis/client-shapes';
import { clusterLink } from '../clients/cluster';
import { bareClient } from '../node-redis/command-options';
import type { Link } from '../clients/link';
import { sentinelLink } from '../clients/sentinel';
import { poolLink } from '../clients/pool';
import { standaloneLink } from '../clients/standalone';

/** The ready clients that connect() takes, as error messages name them. */
export const CLIENTS = 'a client, pool, cluster or sentinel of node-redis 5 or 6';

/** The link for a ready client, recognized by its shape; undefined for anything else. */
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

/** node-redis adds the prefix only to keys that it recognizes, not to those of raw commands and scripts. */
function refuseKeyPrefix(client: AnyClient & { readonly _keyPrefix?: string | Buffer | undefined }): void {
  const { _keyPrefix: prefix } = client;
  if (prefix === undefined || prefix.length === 0) return;
  const instead = 'use a client without it, and @Model({ prefix }) or RedisTree({ namespace })';
  throw new TypeError(`a client with keyPrefix ${JSON.stringify(String(prefix))} would not put it before the keys of redatom; ${instead}`);
}
