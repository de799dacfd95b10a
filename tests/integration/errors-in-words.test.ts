import {
  AtomicRedisModel,
  connect,
  Field,
  Key,
  list,
  LockLostError,
  Model,
  RedisInt,
  RedisList,
  Version,
  type Database,
  type RedatomError,
} from 'redatom';
import { PipelineOperations } from 'redatom/service';
import { RedisTree } from 'redatom/tree';
import { describeOnEveryBackend, describeOnEveryServer, type Backend } from '../support/backends';
import { failureOf } from '../support/failure-of';
import { TcpProxy } from '../support/tcp-proxy';
import { useModels } from '../support/use-models';
import { createUser, User } from '../support/user';

@Model()
class Far extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) n!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
}

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

type Call = (far: Far, options: { timeoutMs?: number; signal?: AbortSignal }) => Promise<unknown>;

const at = { model: 'Far', key: 'Far:x' };

/** What a call says of itself when no server answers, by its name. */
const READS: readonly [string, Call, object][] = [
  ['get', (_, options) => Far.get('x', options), at],
  ['find', (_, options) => Far.find('x', options), at],
  ['load', (far, options) => far.load(options), at],
  ['load', (far, options) => far.tags.load(options), { ...at, path: '$["tags"]' }],
  ['getMany', (_, options) => Far.getMany(['x', 'y'], options), at],
  ['exists', (far, options) => far.exists(options), at],
  ['exists', (_, options) => Far.exists('x', options), at],
  ['ttl', (far, options) => far.ttl(options), at],
  ['afindKeys', (_, options) => Far.afindKeys(options), { model: 'Far' }],
  ['scan', (_, options) => Far.scan(options).next(), { model: 'Far' }],
];

const WRITES: readonly [string, Call, object][] = [
  ['deleteMany', (_, options) => Far.deleteMany(['x', 'y'], options), at],
  ['getOrCreate', (_, options) => Far.getOrCreate({ name: 'x' }, options), at],
  ['insertMany', (_, options) => Far.insertMany([{ name: 'x' }], options), at],
  ['create', (_, options) => Far.create({ name: 'x' }, options), at],
  ['duplicate', (far, options) => far.duplicate('y', options), { model: 'Far', key: 'Far:y' }],
  ['delete', (far, options) => far.delete(options), at],
  ['expire', (far, options) => far.expire(5, options), at],
  ['save', (far, options) => far.save(options), at],
  ['aappend', (far, options) => far.tags.aappend('a', options), { ...at, path: '$["tags"]' }],
  ['apop', (far, options) => far.tags.apop(0, options), { ...at, path: '$["tags"]' }],
  ['aupdate', (far, options) => far.aupdate({ n: 1 }, options), { ...at, path: '$["n"]' }],
  ['aupdate', (far, options) => far.aupdate({ n: 1, tags: [] }, options), at],
  ['add', (far, options) => far.pipeline(() => far.n.add(1), options), { ...at, path: '$["n"]' }],
  ['pipeline', (far, options) => far.pipeline(() => (far.n.add(1), far.tags.push('a')), options), at],
  ['saveChanges', (far, options) => (far.n.add(1), far.tags.push('a'), far.saveChanges(options)), at],
];

function factsOf({ model, key, path, command }: RedatomError): object {
  return { model, key, path, command };
}

describeOnEveryServer('errors without an answer', 'a proxy stands before it', (backend) => {
  let proxy: TcpProxy;
  let db: Database;

  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    db = await connect({ url: proxy.url, timeoutMs: 10_000 }, { models: [Far] });
  });
  afterEach(async () => {
    proxy.letAnswersGo();
    await db.close();
    await proxy.close();
  });

  /** A call of several parts says what was left of its time for the one that took too long. */
  const IN_PARTS = ['afindKeys', 'scan', 'insertMany', 'deleteMany', 'pipeline', 'add'];
  const inWhole = (command: string, message: string): string =>
    IN_PARTS.includes(command) ? message.replace(/within [1-5]?\d ms/, 'within 60 ms') : message;

  const subject = (command: string, facts: object): string => ('key' in facts ? `${command} on ${JSON.stringify(facts.key)}` : command);

  test('of what was not sent name the verb and its document, and say why', async () => {
    const far = Far.build({ name: 'x' });
    await proxy.goAway();
    // The client notices it.
    await failureOf(() => Far.exists('x', { timeoutMs: 200 }));

    for (const [command, call, facts] of [...READS, ...WRITES]) {
      const error = await failureOf(() => call(far, { timeoutMs: 60 }));

      expect({ code: error.code, ...factsOf(error) }).toMatchObject({ code: 'REDIS_CONNECTION', command, ...facts });
      expect(inWhole(command, error.message)).toBe(
        `${subject(command, facts)} was given up before it was sent: no connection within 60 ms`,
      );
    }
    await proxy.comeBack();
  });

  test('of a connection for watched keys that was not there in time say why', async () => {
    proxy.holdAnswers();
    const watch = (limits: { timeoutMs?: number; signal?: AbortSignal }): Promise<Error> =>
      failureOf(() => new PipelineOperations(db).transact((pipe) => pipe.set('a', '1'), { watch: ['a'], ...limits }));
    const subject = 'nothing was sent: no connection of its own was there in time';

    expect((await watch({ timeoutMs: 20 })).message).toMatch(new RegExp(`^${subject}: none within \\d+ ms$`));
    expect((await watch({ signal: AbortSignal.abort(new Error('the user left')) })).message).toBe(
      `${subject}: the signal aborted: the user left`,
    );
  });

  test('of what was given up by a signal say its reason', async () => {
    const far = Far.build({ name: 'x' });
    const signal = AbortSignal.abort(new Error('the user left'));
    const told = await failureOf(() => far.n.increase(1, { signal }));
    const byWord = await failureOf(() => Far.get('x', { signal: AbortSignal.abort('enough') }));

    expect(told.message).toBe('increase on "Far:x" was given up before it was sent: the signal aborted: the user left');
    expect(byWord.message).toBe('get on "Far:x" was given up before it was sent: the signal aborted: enough');
  });

  test('of what got no answer name the verb and its document', async () => {
    await Far.getOrCreate({ name: 'x' });
    const far = Far.build({ name: 'x' });
    proxy.holdAnswers();

    for (const [command, call, facts] of READS) {
      const error = await failureOf(() => call(far, { timeoutMs: 60 }));

      expect({ code: error.code, ...factsOf(error) }).toEqual({ code: 'REDIS_CONNECTION', path: undefined, command, ...facts });
      expect(inWhole(command, error.message)).toBe(`${subject(command, facts)} got no reply: none arrived within 60 ms`);
    }
    for (const [command, call, facts] of WRITES) {
      const fresh = Far.build({ name: 'x' });
      const error = await failureOf(() => call(fresh, { timeoutMs: 60 }));

      expect({ code: error.code, ...factsOf(error) }).toMatchObject({ code: 'OUTCOME_UNKNOWN', command, ...facts });
      expect(error.message).toBe(
        `${subject(command, facts)} was sent, but its reply did not arrive: it may have been applied; load() shows what holds`,
      );
    }
  });

  test('of a call that waited for its turn say why it was given up', async () => {
    const far = Far.build({ name: 'x' });
    proxy.holdAnswers();
    const first = far.n.increase(1, { timeoutMs: 300 }).catch(() => undefined);
    const error = await failureOf(() => far.save({ timeoutMs: 50 }));
    await first;

    expect(error).toMatchObject({ code: 'REDIS_CONNECTION', ...at });
    expect(error.message).toBe(
      'the call on "Far:x" was given up while it waited for other verbs of the instance: no reply within 50 ms; it did not run',
    );
  });
});

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
      `document "${user.key}" has nothing at $["tags"]; load() of the document shows what it has`,
    );
    expect((await failureOf(() => db.get('Nothing:1'))).message).toBe(
      '"Nothing:1" begins with the prefix of no model of this connection; bind() its model',
    );
    await db.close();
  });

  test('of a date that is none call it so', async () => {
    expect((await failureOf(() => Dated.create({ at: new Date(NaN) }))).message).toContain('found an invalid Date');
  });
});
