import { Lock, RedisTree } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';

describeOnEveryBackend('what callers without types give to a tree', (backend) => {
  let tree: RedisTree;
  let lock: Lock;
  beforeAll(async () => {
    const client = await backend.readyClient();
    tree = new RedisTree({ client, namespace: 'misuse' });
    lock = new Lock(client, 'a', { namespace: 'misuse' });
  });
  afterAll(() => Promise.all([tree.close(), lock.close()]));

  /** Passes a value of any type. */
  const given = <T>(value: unknown): T => value as T;

  test.each<[string, () => Promise<unknown>, RegExp]>([
    ['text to add()', () => tree.at('a').add(given('1')), /; found the text "1"$/],
    ['a bigint to add()', () => tree.at('a').add(given(1n)), /; found the bigint 1$/],
    ['text to expire()', () => tree.at('a').expire(given('10')), /, found the text "10"$/],
    ['null to set()', () => tree.root().set('a', 1, { expire: given(null) }), /, found null$/],
    ['text to acquire()', () => tree.at('a').acquire({ acquireTimeout: given('5') }), /^acquireTimeout .*, found the text "5"$/],
    ['text to acquire() as lease', () => tree.at('a').acquire({ expireTimeout: given('5') }), /^expireTimeout .*, found the text "5"$/],
    ['a number to equals()', () => tree.at('a').equals(given(5)), /^equals\(\) takes a node of a tree, found the number 5$/],
    ['null to compareTo()', () => tree.at('a').compareTo(given(null)), /^compareTo\(\) takes a node of a tree, found null$/],
    ['nothing to withLock()', () => tree.at('a').withLock(given(undefined)), /^withLock\(\) takes a function, such as .*, found nothing$/],
    [
      'text to withLock() of a lock',
      () => lock.withLock(given('work')),
      /^withLock\(\) takes a function, such as .*, found the text "work"$/,
    ],
    [
      'no number for the locks of a tree',
      async () => new RedisTree({ client: 'redis://x', lockAcquireTimeout: NaN }),
      /found the number NaN$/,
    ],
    ['no time for a lock', async () => new Lock('redis://x', 'a', { expireTimeout: -1 }), /^expireTimeout .*, found the number -1$/],
  ])('is refused in words that show what it was, before anything is sent: %s', async (_, act, message) => {
    const sent = await backend.commandsSent(() => expect(act()).rejects.toThrow(message));
    expect(sent).toEqual([]);
  });
});
