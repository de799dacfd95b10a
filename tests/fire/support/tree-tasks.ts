import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTree } from 'redatom/tree';
import { createClient } from 'redis';
import { DeadlockError, LockTimeoutError } from '../../../src/errors/lock';
import { openExecutor } from '../../../src/executor/open/open';
import { acquireSubtreeLock } from '../../../src/lock/subtree-lock';
import type { SubtreeLease, LockSpace } from '../../../src/lock/subtree-lease';
import { lockSettings } from '../../../src/lock/lock-options';
import { pathOf } from '../../../src/path/tree-path';
import { broken, type Mutant } from './tree-mutants';
import { Witness } from './tree-witness';
import type { Conversation } from './worker-protocol';

export interface CrowdParams {
  readonly url: string;
  readonly prefix: string;
  readonly sessions: number;
  readonly durationMs: number;
  readonly leaseMs: number;
  readonly mutant?: Mutant;
}

/** What became of the sessions of one process. */
export interface CrowdCount {
  granted: number;
  nested: number;
  deadlocks: number;
  timeouts: number;
}

const PATHS = ['', 'a', 'b', 'a.a', 'a.b', 'b.a', 'a.a.a', 'a.a.b', 'a.b.c', 'ab', 'ab.a', 'b.a.a'];
const pick = <T>(items: readonly T[]): T => items[Math.floor(Math.random() * items.length)] as T;

/** Locks random places, sometimes inside one that it holds. */
class Session {
  private readonly settings;

  constructor(
    private readonly space: LockSpace,
    private readonly witness: Witness,
    { leaseMs }: CrowdParams,
  ) {
    this.settings = lockSettings({ ttlMs: leaseMs, waitMs: 3_000 });
  }

  async lockOnce(count: CrowdCount, held: readonly SubtreeLease[] = [], outer?: string): Promise<void> {
    const scope = outer === undefined ? randomUUID() : `${outer}/${randomUUID()}`;
    const mode = Math.random() < 0.4 ? 'S' : 'X';
    const wanted = { space: this.space, place: pathOf(pick(PATHS)), mode, scope, held, purpose: { verb: 'acquire' } } as const;
    const lease = await acquireSubtreeLock(wanted, this.settings);
    try {
      await this.witness.enter(lease, scope);
      count.granted += 1;
      if (outer !== undefined) count.nested += 1;
      await sleep(Math.random() * 3);
      if (held.length < 2 && Math.random() < 0.3) await this.lockOnce(count, [...held, lease], scope);
    } finally {
      await this.witness.leave(lease);
      await lease.release();
    }
  }
}

/** Runs many sessions that lock at random for a while. */
export async function crowd(params: CrowdParams, conversation: Conversation): Promise<CrowdCount> {
  const client = await createClient({ url: params.url }).connect();
  const executor = await openExecutor(params.url);
  const space = { executor: params.mutant === undefined ? executor : broken(executor, params.mutant), prefix: params.prefix };
  const witness = new Witness(client);
  const count: CrowdCount = { granted: 0, nested: 0, deadlocks: 0, timeouts: 0 };
  conversation.report('busy');
  const until = performance.now() + params.durationMs;
  const one = async (): Promise<void> => {
    const session = new Session(space, witness, params);
    while (performance.now() < until) {
      await session.lockOnce(count).catch((error: unknown) => {
        if (error instanceof DeadlockError) count.deadlocks += 1;
        else if (error instanceof LockTimeoutError) count.timeouts += 1;
        else throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: params.sessions }, one));
  await executor.close();
  await client.close();
  return count;
}

export interface TreeParams {
  readonly url: string;
  readonly path: string;
  readonly expireTimeout?: number;
  readonly rounds?: number;
  readonly other?: string;
}

/** Increments a value that it reads and writes under a lock. */
export async function incrementUnderLock({ url, path, rounds = 1 }: TreeParams): Promise<void> {
  const tree = new RedisTree({ client: url, namespace: 'fire' });
  for (let round = 0; round < rounds; round++) {
    await tree.at(path).withLock(
      async (node) => {
        const present = (await node.get('d').val(0)) as number;
        await node.set('d', present + 1);
      },
      { acquireTimeout: 60 },
    );
  }
  await tree.close();
}

/** Increments without a lock. */
export async function addWithoutLock({ url, path, rounds = 1 }: TreeParams): Promise<void> {
  const tree = new RedisTree({ client: url, namespace: 'fire' });
  for (let round = 0; round < rounds; round++) await tree.at(path).add(1);
  await tree.close();
}

/** Takes a lock, reports that it holds it, and writes once it may go on. */
export async function holdSubtree({ url, path, expireTimeout = 30 }: TreeParams, conversation: Conversation): Promise<void> {
  const tree = new RedisTree({ client: url, namespace: 'fire' });
  try {
    await tree.at(path).withLock(
      async (node, lock) => {
        lock.signal.addEventListener('abort', () => conversation.report('lost', (lock.signal.reason as { code: string }).code));
        conversation.report('held', lock.fence);
        await conversation.cue('go on');
        await node.set('late', true);
      },
      { expireTimeout },
    );
  } finally {
    await tree.close();
  }
}

/** Waits for a lock; resolves to how long that took, and to its fence. */
export async function enterSubtree({ url, path }: TreeParams, conversation: Conversation): Promise<{ waitedMs: number; fence: number }> {
  const tree = new RedisTree({ client: url, namespace: 'fire' });
  await tree.root().exists();
  conversation.report('waiting');
  const began = performance.now();
  const entered = await tree.at(path).withLock((_, { fence }) => ({ waitedMs: performance.now() - began, fence }), { acquireTimeout: 20 });
  await tree.close();
  return entered;
}

/** Takes one lock and, once it may go on, another one while it holds that. */
export async function crossLocks({ url, path, other = '' }: TreeParams, conversation: Conversation): Promise<number> {
  const tree = new RedisTree({ client: url, namespace: 'fire' });
  let askedAt = 0;
  try {
    return await tree.at(path).withLock(async () => {
      conversation.report('held');
      await conversation.cue('go on');
      askedAt = performance.now();
      return tree.at(other).withLock(() => performance.now() - askedAt);
    });
  } finally {
    conversation.report('ended', performance.now() - askedAt);
    await tree.close();
  }
}
