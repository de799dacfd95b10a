import { setTimeout as sleep } from 'node:timers/promises';
import { AtomicRedisModel, Field, Key, Model, RedisInt } from 'redatom';
import { RedisTree } from 'redatom/tree';
import { describeOnEveryBackend, type Backend, type RawClient } from '../../support/backends';
import { useModels } from '../../support/use-models';

// During an upgrade, programs of two releases run side by side. They see each other's locks through the keys and values written down here.

@Model()
class Doc extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) n!: RedisInt;
}

@Model({ hashTag: 'shop' })
class Tagged extends Doc {}

/** A fence outlives its lock by a day, so that it keeps growing even if the clock of the server goes back. */
const MS_PER_DAY = 86_400_000;

const READ: Readonly<Record<string, readonly string[]>> = {
  string: ['GET'],
  hash: ['HGETALL'],
  zset: ['ZRANGE', '0', '-1'],
  'ReJSON-RL': ['JSON.GET', '.'],
};

/** All keys with their type and content. A placeholder stands for values that differ in each run. */
async function storedBy(backend: Backend): Promise<Record<string, unknown>> {
  const stored: [string, unknown][] = [];
  for (const key of (await backend.send<string[]>('KEYS', '*')).sort()) {
    const type = await backend.send<string>('TYPE', key);
    const [command = 'GET', ...rest] = READ[type] ?? [];
    const isForEver = (await backend.send<number>('PTTL', key)) === -1;
    stored.push([key, [type, masked(await backend.send(command, key, ...rest)), isForEver ? 'for ever' : 'for a time']]);
  }
  return Object.fromEntries(stored);
}

async function untilStored(backend: Backend, key: string): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    if ((await backend.send<number>('EXISTS', key)) === 1) return;
    await sleep(10);
  }
  throw new Error(`nothing is stored under ${key}`);
}

function masked(content: unknown): unknown {
  if (Array.isArray(content)) return content.map(masked);
  if (typeof content === 'object' && content !== null)
    return Object.entries(content)
      .map((entry) => masked(entry.join(' ')))
      .sort();
  return String(content)
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\b1\d{15}\b/g, '<µs>')
    .replace(/\b1\d{12}\b/g, '<ms>')
    .replaceAll('\u0000', '|')
    .replaceAll('\u0001', '.');
}

describeOnEveryBackend('the stored form of locks on documents', (backend) => {
  useModels(backend, Doc, Tagged);
  let listener: RawClient | undefined;
  beforeEach(() => backend.flush());
  afterAll(() => listener?.destroy());

  test.each([
    ['Doc:a', 'work', '{Doc:a}/work:lock', '{Doc:a}/fence'],
    ['Doc:a', 'read/50%', '{Doc:a}/read%2F50%25:lock', '{Doc:a}/fence'],
    ['Doc:{a}b', 'work', 'Doc:{a}b/work:lock', 'Doc:{a}b/fence'],
    ['Doc:a}b', 'work', '{18898}Doc:a}b/work:lock', '{18898}Doc:a}b/fence'],
  ])('on %s, "%s": %s', async (key, action, lockKey, fenceKey) => {
    const { id } = await Doc.create({ id: key.slice(4) });
    {
      await using _lock = await Doc.lockFromKey(key, action);

      expect(await storedBy(backend)).toEqual({
        [key]: ['ReJSON-RL', `{"id":"${id}","n":0}`, 'for ever'],
        [lockKey]: ['string', '<uuid>', 'for a time'],
        [fenceKey]: ['string', '<µs>', 'for a time'],
      });
      expect(await backend.send('PTTL', fenceKey)).toBeGreaterThan(MS_PER_DAY);
    }
    expect(Object.keys(await storedBy(backend)).sort()).toEqual([key, fenceKey].sort());
  });

  test('in a class with a hash tag they lie in its slot', async () => {
    await Tagged.create({ id: 'a' });
    await using lock = await Tagged.lockFromKey('a', 'work');

    expect(await backend.send('GET', '{shop}Tagged:a/fence')).toBe(String(lock.fence));
    expect(await backend.send('EXISTS', '{shop}Tagged:a/work:lock')).toBe(1);
  });

  test('who waits leaves a mark, which is gone when the lock is free, and those who listen to its key are told', async () => {
    await Doc.create({ id: 'a' });
    await backend.send('SET', '{Doc:a}/work:lock', 'token of another release', 'PX', '60000');
    await backend.send('SET', '{Doc:a}/fence', '41');

    const waiting = Doc.withLockFromKey('a', 'work', (_, { fence }) => fence, { waitMs: 60_000 });
    await untilStored(backend, '{Doc:a}/work:lock:waiting');
    expect(await storedBy(backend)).toMatchObject({ '{Doc:a}/work:lock:waiting': ['string', '', 'for a time'] });
    await backend.send('DEL', '{Doc:a}/work:lock');
    await backend.send('PUBLISH', '{Doc:a}/work:lock', 'free');

    await expect(waiting).resolves.toBe(42);
    await expect(Doc.withLockFromKey('a', 'work', () => 'again', { waitMs: 0 })).resolves.toBe('again');
    expect(Object.keys(await storedBy(backend))).toEqual(['Doc:a', '{Doc:a}/fence']);
  });

  test('a holder hears of one who waits by the mark, and of the loss by another token', async () => {
    const doc = await Doc.create({ id: 'a' });
    listener = (await backend.newClient()) as RawClient;
    const heard: string[] = [];
    await listener.subscribe('{Doc:a}/job:lock', (message) => heard.push(message));
    await doc.withLock('job', () => backend.send('SET', '{Doc:a}/job:lock:waiting', '', 'PX', '60000'));
    const lost = doc.withLock('job', async () => {
      await backend.send('SET', '{Doc:a}/job:lock', 'token of another release', 'PX', '60000');
      await doc.n.increase();
    });

    await expect(lost).rejects.toMatchObject({ code: 'LOCK_LOST' });
    await expect(Doc.lockFromKey('a', 'job', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    for (let attempt = 0; attempt < 1000 && heard.length === 0; attempt += 1) await sleep(10);
    expect(heard).toEqual(['free']);
  });
});

describeOnEveryBackend('the stored form of trees', (backend) => {
  let tree: RedisTree;
  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.readyClient(), namespace: 'form' });
  });
  beforeEach(() => backend.flush());
  afterAll(() => tree.close());

  const key = (name: string): string => `tree:{form}:${name}`;

  test('values, names and times to live', async () => {
    await tree.at('a.b').set('c', [1, { d: null }], { expire: 100 });
    await tree.at(['a', ' ~"\\\u0000\u0001.x']).set('y', 1);

    expect(await storedBy(backend)).toEqual({
      [key('document')]: ['ReJSON-RL', '{"a":{"b":{"c":[1,{"d":null}]},"~3~0~2~1~4~5.x":{"y":1}}}', 'for ever'],
      [key('ttl')]: ['zset', ['a.b.c.'], 'for ever'],
      [key('ttl-paths')]: ['zset', ['a.b.c.'], 'for ever'],
    });
    expect(masked(await backend.send('ZSCORE', key('ttl'), 'a\u0001b\u0001c\u0001'))).toBe('<ms>');
  });

  test('locks, and who waits for one', async () => {
    const exclusive = await tree.at('a.b').acquire();
    const shared = await tree.at('c').acquire({ shared: true });
    const abort = new AbortController();
    const waiting = tree.at('a').acquire({ signal: abort.signal });
    await untilStored(backend, key('waiters'));

    expect(await storedBy(backend)).toEqual({
      [key('grants')]: ['hash', ['<uuid> S|<ms>|<µs>|<uuid>|c.', '<uuid> X|<ms>|<µs>|<uuid>|a.b.'], 'for a time'],
      [key('exclusive')]: ['zset', ['a.b.|<uuid>'], 'for a time'],
      [key('shared')]: ['zset', ['c.|<uuid>'], 'for a time'],
      [key('deadlines')]: ['zset', ['<uuid>', '<uuid>'], 'for a time'],
      [key('fence')]: ['string', '<µs>', 'for a time'],
      [key('queue')]: ['zset', ['<uuid>'], 'for a time'],
      [key('waiters')]: ['hash', ['<uuid> X|<ms>|<uuid>|0|a.|tree:{form}:wake:<uuid>'], 'for a time'],
    });
    expect(await backend.send('PTTL', key('fence'))).toBeGreaterThan(MS_PER_DAY);
    abort.abort();
    await expect(waiting).rejects.toThrow();
    await exclusive.release();
    await shared.release();
    expect(await storedBy(backend)).toEqual({ [key('fence')]: ['string', '<µs>', 'for a time'] });
  });

  /** What another release writes for a lock that it holds. */
  async function grantElsewhere(id: string, mode: 'X' | 'S', path: string): Promise<void> {
    const endsMs = Date.now() + 60_000;
    await backend.send('HSET', key('grants'), id, [mode, endsMs, 7, 'scope', path].join('\u0000'));
    await backend.send('ZADD', key(mode === 'X' ? 'exclusive' : 'shared'), '0', `${path}\u0000${id}`);
    await backend.send('ZADD', key('deadlines'), String(endsMs), id);
  }

  test('locks of another release are in the way, and fences go on from its own', async () => {
    await grantElsewhere('one', 'X', 'a\u0001b\u0001');
    await grantElsewhere('two', 'S', 'c\u0001');
    const farAhead = 9_000_000_000_000_000;
    await backend.send('SET', key('fence'), String(farAhead));

    for (const path of ['a', 'a.b', 'a.b.c', 'c'])
      await expect(tree.at(path).acquire({ acquireTimeout: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(await Promise.all(['a', 'a.b', 'c', 'd'].map((path) => tree.at(path).isLocked()))).toEqual([false, true, true, false]);
    await using shared = await tree.at('c').acquire({ shared: true });
    expect(shared.fence).toBe(farAhead + 1);
  });

  test('a time to live that another release has set is kept', async () => {
    await tree.root().set('a', { b: 1, c: 2 });
    await backend.send('ZADD', key('ttl'), String(Date.now() - 1), 'a\u0001b\u0001');
    await backend.send('ZADD', key('ttl-paths'), '0', 'a\u0001b\u0001');

    expect(await tree.root().val()).toEqual({ a: { c: 2 } });
  });
});
