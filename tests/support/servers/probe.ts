import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';

export interface Product {
  name: string;
  version: string;
}

/** Sends PING, a JSON command and INFO. Rejects when any of them is refused. */
export async function probe(url: string): Promise<Product> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 2000 } });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.sendCommand(['PING']);
    await client.sendCommand(['JSON.GET', 'redatom:probe']).catch(unlessWithoutSlots);
    return productOf(await client.sendCommand<string>(['INFO', 'server']));
  } finally {
    client.destroy();
  }
}

/** A server that is to join a cluster has no slots yet, but answers CLUSTERDOWN only to commands that it knows. */
function unlessWithoutSlots(error: Error): void {
  if (!error.message.startsWith('CLUSTERDOWN')) throw error;
}

/** Repeats {@link probe} until it succeeds, `isAlive` turns false or the time is over. */
export async function probeUntilReady(url: string, isAlive: () => boolean, milliseconds = 15_000): Promise<Product> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    try {
      return await probe(url);
    } catch (error) {
      const lacksJson = error instanceof Error && /unknown command/i.test(error.message);
      if (lacksJson || !isAlive() || Date.now() > deadline) throw error;
      await sleep(25);
    }
  }
}

function productOf(info: string): Product {
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.+?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  if (valkey !== undefined) return { name: `valkey-${major(valkey)}-rejson`, version: valkey };
  const version = field('redis_version') ?? 'unknown';
  const isStack = Number(major(version)) < 8; // Redis itself has had the JSON commands since 8.
  return { name: `${isStack ? 'redis-stack' : 'redis'}-${minor(version)}`, version };
}

const major = (version: string): string => version.split('.')[0] ?? version;
const minor = (version: string): string => version.split('.').slice(0, 2).join('.');
