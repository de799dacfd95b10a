import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTree, type TreeLockOptions, type TreeNode } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';
import { failureOf } from '../../support/failure-of';

const ONCE = { acquireTimeout: 0 };

type Take = (node: TreeNode, options?: TreeLockOptions) => Promise<unknown>;

const VERBS: readonly [string, Take][] = [
  ['acquire', (node, options) => node.acquire(options)],
  ['withLock', (node, options) => node.withLock(() => undefined, options)],
];

describeOnEveryBackend('errors of the locks of a tree', (backend) => {
  let tree: RedisTree;
  beforeEach(async () => {
    tree = new RedisTree({ client: await backend.target(), namespace: 'lock-errors' });
  });
  afterEach(async () => {
    await backend.send('DEL', ...(await backend.send<string[]>('KEYS', 'tree:{lock-errors}*')), 'none');
    await tree.close();
  });

  const loseLocks = (): Promise<unknown> =>
    backend.send('DEL', ...['grants', 'exclusive', 'deadlines'].map((name) => `tree:{lock-errors}:${name}`));
  const key = 'tree:{lock-errors}';

  describe.each(VERBS)('%s names itself', (command, take) => {
    test('when the lock is not free', async () => {
      const held = await tree.at('a').acquire();

      expect(await failureOf(() => take(tree.at('a.b'), ONCE))).toMatchObject({ code: 'LOCK_TIMEOUT', command, key });
      await held.release();
    });

    test('when waiting would never end', async () => {
      const [one, other] = [tree.session(), tree.session()];
      const first = await one.at('a').acquire();
      const second = await other.at('b').acquire();
      const waiting = one.at('b').acquire();
      await sleep(50);

      expect(await failureOf(() => take(other.at('a')))).toMatchObject({ code: 'DEADLOCK', command, key });

      await second.release();
      await (await waiting).release();
      await first.release();
    });

    test('when the server refuses it', async () => {
      await backend.send('SET', `${key}:grants`, 'text');

      expect(await failureOf(() => take(tree.at('a'), ONCE))).toMatchObject({ code: 'PATH_MISMATCH', command });
    });
  });

  test('release names itself', async () => {
    const node = tree.at('a');
    expect(await failureOf(() => node.release())).toMatchObject({ code: 'LOCK_NOT_HELD', command: 'release', key });
    const handle = await node.acquire();
    await loseLocks();
    expect(await failureOf(() => handle.release())).toMatchObject({ code: 'LOCK_LOST', command: 'release', key });
    await node.acquire();
    await loseLocks();
    expect(await failureOf(() => node.release())).toMatchObject({ code: 'LOCK_LOST', command: 'release', key });
  });

  test('a lock that is lost inside of withLock names it', async () => {
    expect(await failureOf(() => tree.at('a').withLock(loseLocks))).toMatchObject({ code: 'LOCK_LOST', command: 'withLock', key });
  });

  test('writes that a lock refuses name the verb that was called', async () => {
    const lock = await tree.at('a').acquire();
    await loseLocks();
    const { node } = lock;

    expect(await failureOf(() => node.set('b', 1))).toMatchObject({ code: 'LOCK_LOST', command: 'set', path: 'a.b' });
    expect(await failureOf(() => node.assign(1))).toMatchObject({ code: 'LOCK_LOST', command: 'assign', path: 'a' });
    expect(await failureOf(() => node.delete('b'))).toMatchObject({ code: 'LOCK_LOST', command: 'delete', path: 'a.b' });
    expect(await failureOf(() => node.clear())).toMatchObject({ code: 'LOCK_LOST', command: 'clear', path: 'a' });
    await expect(node.assign(1, { expires: 5 } as object)).rejects.toThrow('assign() knows no option "expires"');
    await expect(node.set('b', 1, { expires: 5 } as object)).rejects.toThrow('set() knows no option "expires"');
  });
});
