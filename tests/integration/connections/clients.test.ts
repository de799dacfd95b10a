import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import { AtomicRedisModel, connect, Field, Key, Model, pipeline, Version, type ConnectionTarget } from 'redatom';
import { describeOnEveryBackend, testOnOneServer, type Backend } from '../../support/backends';
import { BatchClient, Batch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { RedisTree } from 'redatom/tree';
import { createUser, User } from '../../support/user';

@Model()
class Counter extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(Number, { default: 0 }) byVersion!: number;
  @Field(Number, { default: 0 }) byLock!: number;
  @Version() version!: number;
}

interface Opened {
  readonly target: ConnectionTarget;
  readonly close: () => unknown;
}

type Ways = [string, (backend: Backend) => Promise<Opened>][];

/** Changes the types of replies, as the owner of a client may want for their own commands. */
const typeMapping = {
  [RESP_TYPES.NUMBER]: String,
  [RESP_TYPES.SIMPLE_STRING]: Buffer,
  [RESP_TYPES.BLOB_STRING]: Buffer,
  [RESP_TYPES.DOUBLE]: String,
};

const ready: Ways = [
  ['a client', async (backend) => own(await backend.newClient())],
  ['a client, RESP 2', async (backend) => own(await backend.newClient({ RESP: 2 }))],
  ['a client, RESP 3', async (backend) => own(await backend.newClient({ RESP: 3 }))],
  ['a client with a timeout of its own', async (backend) => own(await backend.newClient({ commandOptions: { timeout: 5000 } }))],
  ['a client with a type mapping', async (backend) => own(await backend.newClient({ commandOptions: { typeMapping } }))],
  ['a client with a type mapping, RESP 2', async (backend) => own(await backend.newClient({ RESP: 2, commandOptions: { typeMapping } }))],
  ['what withTypeMapping() made of a client', async (backend) => mapped(await backend.newClient())],
];

/** URLs, options and pools lead to one server. */
const toOneServer: Ways = [
  ['a URL', async ({ url }) => ({ target: url, close: () => undefined })],
  ['options, RESP 2', async ({ url }) => ({ target: { url, RESP: 2 }, close: () => undefined })],
  ['options, RESP 3', async ({ url }) => ({ target: { url, RESP: 3, timeoutMs: 5000 }, close: () => undefined })],
  ['a pool', async ({ url }) => ownPool(await createClientPool({ url }, { minimum: 2, maximum: 3 }).connect())],
  ['a pool of one', async ({ url }) => ownPool(await createClientPool({ url }, { minimum: 1, maximum: 1 }).connect())],
  ['a pool with a type mapping', async ({ url }) => ownPool(await createClientPool({ url, commandOptions: { typeMapping } }).connect())],
  ['a pool, RESP 2', async ({ url }) => ownPool(await createClientPool({ url, RESP: 2 }).connect())],
];

function own(client: { destroy(): void } | undefined): Opened {
  return { target: client as unknown as ConnectionTarget, close: () => client?.destroy() };
}

function mapped(client: { destroy(): void }): Opened {
  const { withTypeMapping } = client as unknown as { withTypeMapping: (this: unknown, mapping: object) => ConnectionTarget };
  return { ...own(client), target: withTypeMapping.call(client, typeMapping) };
}

/** A pool that is dropped keeps a timer running, and so the process, for three seconds. */
function ownPool(pool: { close(): Promise<unknown> } | undefined): Opened {
  return { target: pool as unknown as ConnectionTarget, close: () => pool?.close() };
}

describeOnEveryBackend('connect', (backend) => {
  for (const [way, open] of [...ready, ...toOneServer]) {
    const asTest = ready.some(([name]) => name === way) ? test : testOnOneServer(backend, `${way} is a connection to one`);

    asTest(`to ${way}: every kind of verb works`, async () => {
      const { target, close } = await open(backend);
      const db = await connect(target, { models: [User, Counter] });
      try {
        await useEveryKindOfVerb(backend, target);
      } finally {
        await db.close();
        await close();
      }
    });

    asTest(`to ${way}: a waiter for a lock is woken`, async () => {
      const { target, close } = await open(backend);
      const db = await connect(target, { models: [User] });
      try {
        const user = await createUser();
        const handle = await user.lock('work');
        const waiting = User.withLockFromKey(user.key, 'work', () => 'in');
        setTimeout(() => void handle.release(), 20);

        await expect(waiting).resolves.toBe('in');
      } finally {
        await db.close();
        await close();
      }
    });
  }

  test('refuses a key prefix of the client, which it would not put before its keys', async () => {
    const options = { keyPrefix: 'app:' };
    const refused = [createClient(options), createClientPool(options), createCluster({ rootNodes: [], ...options })] as ConnectionTarget[];
    const sentinel = createSentinel({ name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }], ...options });
    for (const client of [...refused, sentinel as unknown as ConnectionTarget]) {
      const message = /^a client with keyPrefix "app:".*@Model\(\{ prefix \}\)/;
      await expect(connect(client)).rejects.toThrow(TypeError);
      await expect(connect(client)).rejects.toThrow(message);
      expect(() => new BatchClient(client as never)).toThrow(message);
      await expect(new RedisTree({ client }).root().val()).rejects.toThrow(message);
    }
  });

  for (const commandOptions of [undefined, { timeout: 60_000 }]) {
    const name = `arms timers for commands of a client or a pool only if its owner has set a limit: ${commandOptions?.timeout ?? 'none'}`;
    testOnOneServer(backend, 'a client and a pool are connections to one')(name, async () => {
      const options = { url: backend.url, ...(commandOptions && { commandOptions }) };
      for (const client of [createClient(options), createClientPool(options)]) {
        await client.connect();
        await using _db = await connect(client, { models: [User] });
        const user = await createUser();
        const armed = jest.spyOn(AbortSignal, 'timeout');
        try {
          await user.tags.aappend('x');
          await user.pipeline(() => user.tags.append('y'));
          expect(armed.mock.calls.length > 0).toBe(commandOptions !== undefined);
        } finally {
          armed.mockRestore();
          await client.close();
        }
      }
    });
  }

  test('close() leaves a ready client to its owner', async () => {
    const client = await backend.newClient();
    const db = await connect(client, { models: [User] });
    await createUser();

    await db.close();

    const again = await connect(client, { models: [User] });
    expect(client.isOpen).toBe(true);
    await expect(createUser()).resolves.toBeInstanceOf(User);
    await again.close();
    await expect(createUser()).rejects.toMatchObject({ code: 'NOT_CONNECTED', model: 'User' });
    client.destroy();
  });
});

async function useEveryKindOfVerb(backend: Backend, target: ConnectionTarget): Promise<void> {
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
  await countTogether(user.pk);
  await useBatchesAndTrees(target, user.key);
  expect(await user.delete()).toBe(true);
  await expect(user.score.increase()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
  await expect(user.load()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
}

async function useBatchesAndTrees(target: ConnectionTarget, key: string): Promise<void> {
  const client = typeof target === 'string' || 'url' in target ? undefined : target;
  if (client !== undefined) {
    const run = (batch: Batch): Promise<unknown[] | null> => new BatchClient(client).exec(batch, true);
    const fill = (batch: Batch): Batch =>
      batch.hSet(`{${key}}h`, { a: '1' }).hGetAll(`{${key}}h`).zAdd(`{${key}}z`, { score: 1.5, value: 'm' });
    for (const isAtomic of [true, false]) {
      expect(await run(fill(new Batch(isAtomic)).del([`{${key}}h`, `{${key}}z`]))).toEqual([1, { a: '1' }, 1, 2]);
    }
    const operations = new PipelineOperations(client);
    expect(await operations.transact((pipe) => pipe.incr(`{${key}}n`), { watch: [`{${key}}n`] })).toEqual([1]);
    expect(await operations.evalScript("return redis.call('GETDEL', KEYS[1])", [`{${key}}n`])).toBe('1');
  }
  const tree = new RedisTree({ client: target, namespace: key });
  await tree.at('a').set('b', [1.5, 'x']);
  expect(await tree.root().val()).toEqual({ a: { b: [1.5, 'x'] } });
  expect(await tree.at('a').withLock((node) => node.get('n').add(2))).toBe(2);
  await tree.root().clear();
  await tree.close();
}

/** Tries locks and versions with many tasks at a time, on several connections where the client has several. */
async function countTogether(name: string): Promise<void> {
  await Counter.create({ name });
  const ten = Array.from({ length: 10 });
  await Promise.all(ten.map(() => Counter.transact(name, (counter) => void (counter.byVersion += 1), { retries: 100 })));
  await Promise.all(ten.map(() => Counter.withLockFromKey(name, 'count', (counter) => void (counter.byLock += 1), { saveAtEnd: true })));
  const counter = await Counter.get(name);
  const raised = pipeline([counter], () => {
    counter.byVersion += 1;
    counter.byLock += 1;
  });
  await expect(raised).resolves.toMatchObject({ committed: true });
  expect(await Counter.get(name)).toMatchObject({ byVersion: 11, byLock: 11 });
}
