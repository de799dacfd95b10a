import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const LEASE_MS = 30_000;

/** Compares the token before it deletes, as the Redis documentation shows. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export interface LockCommands {
  /** SET … NX PX; resolves to whether the lock was taken. */
  take(lockKey: string, token: string, leaseMs: number): Promise<boolean>;
  evaluate(script: string, lockKey: string, token: string): Promise<unknown>;
}

/** The lock of every tutorial: it asks again every few milliseconds until the lock is free. */
export async function withPolledLock(commands: LockCommands, key: string, work: () => Promise<void>): Promise<void> {
  const lockKey = `lock:${key}`;
  const token = randomUUID();
  while (!(await commands.take(lockKey, token, LEASE_MS))) await sleep(1 + Math.random() * 4);
  try {
    await work();
  } finally {
    await commands.evaluate(RELEASE, lockKey, token);
  }
}
