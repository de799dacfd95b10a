import { createClient, createClientPool } from 'redis';
import { connect, type ConnectionTarget } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';

interface Opened {
  readonly target: ConnectionTarget;
  readonly close: () => unknown;
}

const ways: [string, (url: string) => Promise<Opened>][] = [
  ['a URL', async (url) => ({ target: url, close: () => undefined })],
  ['options, RESP 2', async (url) => ({ target: { url, RESP: 2 }, close: () => undefined })],
  ['options, RESP 3', async (url) => ({ target: { url, RESP: 3, timeoutMs: 5000 }, close: () => undefined })],
  ['a client', async (url) => own(await createClient({ url }).connect())],
  ['a client, RESP 2', async (url) => own(await createClient({ url, RESP: 2 }).connect())],
  ['a client, RESP 3', async (url) => own(await createClient({ url, RESP: 3 }).connect())],
  ['a client with a timeout of its own', async (url) => own(await createClient({ url, commandOptions: { timeout: 5000 } }).connect())],
  ['a pool', async (url) => own(await createClientPool({ url }, { minimum: 2, maximum: 3 }).connect())],
  ['a pool, RESP 2', async (url) => own(await createClientPool({ url, RESP: 2 }).connect())],
];

function own(client: { destroy(): void } | undefined): Opened {
  return { target: client as unknown as ConnectionTarget, close: () => client?.destroy() };
}

describeOnEveryBackend('connect', (backend) => {
  test.each(ways)('to %s: every kind of verb works', async (_, open) => {
    const { target, close } = await open(backend.url);
    const db = await connect(target, { models: [User] });
    try {
      const user = await createUser({ score: 1, tags: ['a'], settings: { a: '1' }, address: { city: 'Paris' } });

      expect(await user.score.increase(2)).toBe(3);
      expect(await user.score.adjust(1, { max: 9 })).toBe(4);
      expect(await user.tags.aappend('b')).toBe(2);
      expect(await user.tags.ainsert(0, 'c')).toBe(3);
      expect(await user.tags.apop()).toBe('b');
      await user.settings.asetItem('b', '2');
      expect(await user.settings.adelItem('a')).toBe(true);
      expect(await user.settings.apopItem()).toEqual(['b', '2']);
      const { replies } = await user.pipeline(() => {
        user.score.add(1);
        user.score.multiply(2);
        user.tags.append('z');
        user.settings.delete('none');
      });
      expect(replies).toEqual([5, 10, 3, false]);
      await user.withLock('work', (held) => held.score.add(1), { saveAtEnd: true });
      await user.expire(100);
      expect(await user.ttl()).toBeGreaterThan(90);
      expect(await user.exists()).toBe(true);
      expect((await User.getMany([user.key, 'none'])).found[0]?.toJSON()).toEqual(user.toJSON());
      expect(await User.afindKeys()).toContain(user.key);
      expect((await User.get(user.key)).toJSON()).toEqual(await backend.json(user.key));
      expect(user.toJSON()).toEqual(await backend.json(user.key));
      await expect(user.field('email').load()).resolves.toBeDefined();
      expect(await user.delete()).toBe(true);
      await expect(user.score.increase()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
      await expect(user.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    } finally {
      await db.close();
      close();
    }
  });

  test.each(ways)('to %s: a waiter for a lock is woken', async (_, open) => {
    const { target, close } = await open(backend.url);
    const db = await connect(target, { models: [User] });
    try {
      const user = await createUser();
      const handle = await user.lock('work');
      const waiting = User.withLockFromKey(user.key, 'work', () => 'in');
      setTimeout(() => void handle.release(), 20);

      await expect(waiting).resolves.toBe('in');
    } finally {
      await db.close();
      close();
    }
  });

  test('close() leaves a ready client to its owner, and ends one that it opened', async () => {
    const client = await createClient({ url: backend.url }).connect();
    const db = await connect(client, { models: [User] });
    await createUser();

    await db.close();

    expect(client.isOpen).toBe(true);
    expect(await client.ping()).toBe('PONG');
    await expect(createUser()).rejects.toMatchObject({ code: 'NOT_CONNECTED', model: 'User' });
    client.destroy();
  });
});
