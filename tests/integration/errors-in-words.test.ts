import { AtomicRedisModel, connect, Field, LockLostError, Model, RedisInt, Version } from 'redatom';
import { RedisTree } from 'redatom/tree';
import { describeOnEveryBackend, type Backend } from '../support/backends';
import { failureOf } from '../support/failure-of';
import { useModels } from '../support/use-models';
import { createUser, User } from '../support/user';

@Model()
class Counted extends AtomicRedisModel {
  @Version() version!: number;
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Dated extends AtomicRedisModel {
  @Field(Date) at!: Date;
}

@Model()
class Post extends AtomicRedisModel {
  @Field(String) title!: string;
  @Version() version!: number;
}

describeOnEveryBackend('errors in words', (backend: Backend) => {
  useModels(backend, User, Counted, Dated, Post);

  const loseLock = (key: string): Promise<unknown> => backend.send('SET', `{${key}}/work:lock`, 'another holder');
  const ended = (key: string): RegExp => new RegExp(`^lock "work" of "${key}" is no longer held; what was confirmed before stays written$`);

  test('of a lost lock say that nothing was written only where a write was refused', async () => {
    const user = await createUser();
    const facts = { code: 'LOCK_LOST', action: 'work', model: 'User', key: user.key };

    const atEnd = await failureOf(() =>
      user.withLock('work', async () => {
        await user.score.increase();
        await loseLock(user.key);
      }),
    );
    await backend.send('DEL', `{${user.key}}/work:lock`);
    const handle = await user.lock('work');
    await loseLock(user.key);
    const ofWrite = await failureOf(() => user.score.increase());
    const ofRelease = await failureOf(() => handle.release());

    for (const error of [atEnd, ofWrite, ofRelease]) expect(error).toMatchObject(facts);
    expect(atEnd.message).toMatch(ended(user.key));
    expect(ofRelease.message).toMatch(ended(user.key));
    expect(ofWrite.message).toBe(`lock "work" of "${user.key}" is no longer held; nothing was written`);
    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('of a lost lock, as the reason of a signal, say that it is over', async () => {
    const user = await createUser();
    let reason: unknown;

    await failureOf(() =>
      user.withLock(
        'work',
        async (_held, { signal }) => {
          await loseLock(user.key);
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          reason = signal.reason;
        },
        { ttlMs: 200 },
      ),
    );

    expect(reason).toMatchObject({ code: 'LOCK_LOST', model: 'User', key: user.key });
    expect((reason as Error).message).toMatch(ended(user.key));
  });

  test('of a lost lock of a tree say the same', async () => {
    const tree = new RedisTree({ client: await backend.target(), namespace: 'words' });
    const lock = await tree.at('a.b').acquire();
    await backend.send('DEL', 'tree:{words}:grants', 'tree:{words}:exclusive', 'tree:{words}:deadlines');

    const ofWrite = await failureOf(() => lock.node.set('c', 1));
    const ofRelease = await failureOf(() => lock.release());
    await tree.close();

    expect(ofWrite).toBeInstanceOf(LockLostError);
    expect(ofWrite).toMatchObject({ command: 'set', path: 'a.b.c' });
    expect(ofWrite.message).toMatch(/^lock "a\.b" of ".*" is no longer held; nothing was written$/);
    expect(ofRelease.message).toMatch(/^lock "a\.b" of ".*" is no longer held; what was confirmed before stays written$/);
  });

  test('of reads say what stands in the way of the model', async () => {
    const user = await createUser();
    await backend.send('DEL', user.key);
    await backend.send('SET', user.key, 'text');
    const facts = { code: 'PATH_MISMATCH', model: 'User', key: user.key, expected: 'a JSON document', found: 'another Redis type' };

    expect(await failureOf(() => User.get(user.key))).toMatchObject({ ...facts, path: '$', command: 'get' });
    expect(await failureOf(() => User.find(user.key))).toMatchObject({ ...facts, path: '$', command: 'find' });
    expect(await failureOf(() => user.load())).toMatchObject({ ...facts, path: '$', command: 'load' });
    expect(await failureOf(() => user.tags.load())).toMatchObject({ ...facts, path: '$["tags"]', command: 'load' });
  });

  test('of two documents with one key do not say that one exists', async () => {
    const error = await failureOf(() => User.insertMany([{ username: 'twin' }, { username: 'twin' }]));

    expect(error).toMatchObject({ code: 'KEY_EXISTS', model: 'User', key: 'User:twin', command: 'insertMany' });
    expect(error.message).toBe('two of the given documents have the same key, "User:twin"; leave one out, or give it another key');
    expect(await User.exists('twin')).toBe(false);
  });

  test('of a commit that was refused number the change that is to blame, where there are several', async () => {
    const user = await createUser();
    const subject = (verb: string, path: string): string => `${verb} on "${user.key}" at ${path} was refused`;
    const below = (): Promise<number> => user.score.adjust(-1, { min: 0 });
    const words = async (work: () => Promise<unknown>): Promise<string> => (await failureOf(work)).message;
    const refused = subject('adjust', '$["score"]');
    const alone = `${refused}: below-min, the result would be -1`;
    const second = `${refused} (operation 1): below-min, the result would be -1`;

    expect(await words(below)).toBe(alone);
    expect(await words(() => user.withLock('words', below))).toBe(alone);
    expect(await words(() => user.pipeline(below))).toBe(alone);
    expect(await words(() => user.pipeline(() => (user.tags.append('a'), below())))).toBe(second);
    expect(await words(() => user.pipeline((_, commands) => (commands.exists(user.key), below())))).toBe(second);
    await backend.overwrite(user.key, '$["tags"]', []);
    user.tags.append('a');
    expect(await words(() => user.tags.ainsert(3, 'b'))).toBe(
      `${subject('ainsert', '$["tags"]')} (operation 1): out-of-range, found a list of 0`,
    );
  });

  test.each([
    [0, 'once, and another writer came first'],
    [2, '3 times, and each time another writer came first'],
  ])(
    'of a transaction with %d retries whose document always changes say how often it was tried, and what to do',
    async (retries, tried) => {
      const { key } = await Counted.create({});
      const overtaken = async (counted: Counted): Promise<void> => {
        await (await Counted.get(key)).pipeline(({ n }) => n.add(1));
        counted.n.add(1);
      };

      const error = await failureOf(() => Counted.transact(key, overtaken, { retries }));

      expect(error).toMatchObject({ code: 'VERSION_CONFLICT', model: 'Counted', key, path: '$["version"]', command: 'transact' });
      expect(error).toMatchObject({ expectedVersion: retries + 1, foundVersion: String(retries + 2) });
      const found = `"${key}" was read at version ${retries + 1}, found version ${retries + 2}`;
      expect(error.message).toBe(`${found}; the work was run ${tried}: raise retries, or take a lock`);
    },
  );

  test('of a document that has changed say to load it', async () => {
    const counted = await Counted.create({});
    await (await Counted.get(counted.key)).pipeline(({ n }) => n.add(1));
    counted.n.add(1);

    const { message } = await failureOf(() => counted.saveChanges());

    expect(message).toBe(`"${counted.key}" was read at version 1, found version 2; load() and try again`);
  });

  const missing = 'no document is stored under "User:nobody"; ';

  test.each<[string, () => Promise<unknown>, string]>([
    ['get', () => User.get('nobody'), 'User.find() gives null instead, User.create() stores one'],
    ['transact', () => Post.transact('nobody', () => undefined), 'Post.create() or Post.getOrCreate() stores one'],
    ['withLockFromKey', () => User.withLockFromKey('nobody', 'work', () => 1), 'User.create() or User.getOrCreate() stores one'],
    ['lockFromKey', () => User.lockFromKey('nobody'), 'User.create() or User.getOrCreate() stores one'],
  ])('of a key under which nothing is stored say how to do without, or to store it: %s', async (command, call, way) => {
    const error = await failureOf(call);

    expect(error).toMatchObject({ code: 'KEY_NOT_FOUND', command });
    expect(error.message).toBe(`${missing.replace('User', way.slice(0, 4))}${way}`);
  });

  test.each<[string, (user: User) => Promise<unknown>]>([
    ['load', (user) => user.load()],
    ['load', (user) => user.tags.load()],
    ['increase', (user) => user.score.increase()],
    ['aappend', (user) => user.tags.aappend('a')],
    ['set', (user) => ((user.email = 'a'), user.saveChanges())],
    ['add', (user) => user.pipeline(() => user.score.add(1))],
    ['aupdate', (user) => user.aupdate({ email: 'a', tags: [] })],
    ['withLock', (user) => user.withLock('work', () => 1)],
    ['lock', (user) => user.lock('work')],
    ['expire', (user) => user.expire(1)],
    ['ttl', (user) => user.ttl()],
  ])('of a document that is gone say how it comes back: %s', async (command, call) => {
    const user = await createUser();
    await user.delete();

    const error = await failureOf(() => call(user));

    expect(error).toMatchObject({ code: 'KEY_NOT_FOUND', model: 'User', key: user.key, command });
    expect(error.message).toBe(
      `no document is stored under "${user.key}": it was never stored, was deleted or has expired; save() of the document stores it`,
    );
    await user.save();
    await call(user);
  });

  test('of a document that save() does not make again say what does', async () => {
    const post = await Post.create({ title: 'a' });
    await post.delete();

    const error = await failureOf(() => post.save());

    expect(error.message).toContain('; Post.create(document.toObject()) stores it');
    await Post.create(post.toObject());
  });

  test('of a part that is gone, and of keys of no model, say so', async () => {
    const user = await createUser();
    await backend.send('JSON.DEL', user.key, '$.tags');
    const db = await connect(await backend.target(), { models: [User] });

    expect((await failureOf(() => user.tags.load())).message).toBe(
      `document "${user.key}" has nothing at $["tags"]; load() the document to see what it has`,
    );
    expect((await failureOf(() => db.get('Nothing:1'))).message).toBe(
      'no model of this connection has the prefix of "Nothing:1"; bind() its model',
    );
    await db.close();
  });

  test('of a date that is none call it so', async () => {
    expect((await failureOf(() => Dated.create({ at: new Date(NaN) }))).message).toContain('found an invalid Date');
  });
});
