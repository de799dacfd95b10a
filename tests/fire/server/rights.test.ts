import {
  AtomicRedisModel,
  connect,
  dict,
  Field,
  Index,
  Key,
  list,
  Model,
  OutcomeUnknownError,
  RedatomError,
  RedisDict,
  RedisInt,
  RedisList,
  RedisServiceError,
  RedisStr,
  Version,
} from 'redatom';
import { RedisTree } from 'redatom/tree';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import { documentedUser, Rights } from '../support/rights';

/** The documentation names the rights for the prefix `User`. */
abstract class Fields extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) n!: RedisInt;
  @Field(RedisStr, { default: '' }) text!: RedisStr;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) names!: RedisDict<string>;
  @Field(dict(Number)) counts!: RedisDict<number>;
}

@Model()
class User extends Fields {}

@Model({ prefix: 'User:timed', ttl: 1000, refreshTtl: 'onUse' })
class Timed extends Fields {}

@Model({ prefix: 'User:counted' })
class Counted extends Fields {
  @Version() version!: number;
}

@Model({ prefix: 'User:found' })
class Found extends AtomicRedisModel {
  @Index() @Field(Number) n!: number;
}

/** As an older release declared it. */
@Model({ prefix: 'User:found' })
class FoundBefore extends AtomicRedisModel {
  @Index() @Field(String, { default: '' }) text!: string;
}

const INIT = { id: 'a', n: 1, tags: ['a', 'b', 'c', 'd'], names: { x: '1' }, counts: { p: 1 } };

type Step<T> = (it: T) => Promise<unknown>;

const READS: Record<string, Step<User>> = {
  get: () => User.get('a'),
  'get together': () => Promise.all(['a', 'b', 'c'].map((pk) => User.find(pk))),
  load: (user) => user.load(),
  'load of a part': ({ tags }) => tags.load(),
  'load of fields': () => User.at('a').load(['n', 'text']),
  'a slice': () => User.at('a').tags.aslice(-1),
  'a slice without items': () => User.at('a').tags.aslice(9),
  'a length': () => User.at('a').tags.alength(),
  'a member': () => User.at('a').names.aget('x'),
  'names of members': () => User.at('a').names.akeys(),
  getMany: () => User.getMany(['a', 'b']),
  exists: (user) => user.exists(),
  ttl: (user) => user.ttl(),
  scan: async () => {
    for await (const _ of User.scan());
  },
};

const WRITES: Record<string, Step<User>> = {
  create: () => User.create({ id: 'b' }),
  'create with a time to live': () => Timed.create({ id: 'b' }),
  insertMany: () => User.insertMany([{ id: 'b' }, { id: 'c' }]),
  'insertMany with a time to live': () => Timed.insertMany([{ id: 'b' }, { id: 'c' }]),
  getOrCreate: () => User.getOrCreate({ id: 'b' }),
  'getOrCreate with a time to live': () => Timed.getOrCreate({ id: 'b' }),
  'get with a time to live': () => Timed.get('timed'),
  'load of fields with a time to live': () => Timed.at('timed').load(['n']),
  transact: () => Counted.transact('counted', ({ n }) => n.add(1)),
  save: (user) => user.save(),
  'save with a version': async () => (await Counted.get('counted')).save(),
  saveChanges: (user) => {
    user.n.value = 9;
    user.text.append('z');
    return user.saveChanges();
  },
  aupdate: (user) => user.aupdate({ n: 9, text: 'q' }),
  increase: ({ n }) => n.increase(),
  adjust: ({ n }) => n.adjust(3, { max: 50 }),
  'aappend of a text': ({ text }) => text.aappend('x'),
  aappend: ({ tags }) => tags.aappend('x'),
  ainsert: ({ tags }) => tags.ainsert(1, 'x'),
  aset: ({ tags }) => tags.aset(1, 'x'),
  'aset from the end': ({ tags }) => tags.aset(-2, 'x'),
  atrim: ({ tags }) => tags.atrim(0, 2),
  'atrim from the end': ({ tags }) => tags.atrim(0, -1),
  'apop of an item': ({ tags }) => tags.apop(0),
  aremove: ({ tags }) => tags.aremove('c'),
  asetItem: ({ names }) => names.asetItem('k', 'v'),
  'asetItem of a name that no path has': ({ names }) => names.asetItem('\\', 'v'),
  'aupdate of a dict': ({ names }) => names.aupdate({ p: '1', q: '2' }),
  adelItem: ({ names }) => names.adelItem('x'),
  apopItem: ({ names }) => names.apopItem(),
  asetDefault: ({ names }) => names.asetDefault('w', '3'),
  aincrease: ({ counts }) => counts.aincrease('p', 2),
  'aincrease of a new one': ({ counts }) => counts.aincrease('q', 2),
  expire: (user) => user.expire(1000),
  delete: (user) => user.delete(),
  deleteMany: () => User.deleteMany(['a']),
  'a pipeline': (user) =>
    user.pipeline(({ n, text, tags, names }) => {
      n.multiply(2);
      text.append('k');
      tags.removeRange(0, 2);
      names.delete('x');
    }),
  'a pipeline with a backup': (user) =>
    user.pipeline(async ({ n }) => void [await n.adjust(1, { max: 50 }), await n.adjust(2, { max: 50 })]),
  'a pipeline that puts a backup back': (user) =>
    user.pipeline(async ({ n }) => void [await n.adjust(1, { max: 50 }), await n.adjust(99, { max: 50 })]).catch(unless('COMMIT_REFUSED')),
  'a pipeline that puts nothing back': (user) =>
    user
      .pipeline((_, { json }) => void json.set('{User:a}new', '$', 1).json.arrAppend('{User:a}none', '$', 1))
      .catch(unless('REDIS_SERVICE')),
};

const LOCKED: Record<string, Step<User>> = {
  withLock: (user) => user.withLock('work', () => undefined),
  'withLock that saves': (user) => user.withLock('work', ({ n, tags }) => void [n.add(1), tags.append('z')], { saveAtEnd: true }),
  'withLock around a verb': (user) => user.withLock('work', ({ tags }) => tags.aappend('z')),
};

const IN_TREE: Record<string, Step<RedisTree>> = {
  set: (tree) => tree.root().set('new', 1),
  'set of a deep one': (tree) => tree.at('u.v').set('w', 1),
  'set with a time to live': (tree) => tree.root().set('x', 1, { expire: 100 }),
  'set where a time to live was': (tree) => tree.root().set('timed', 2),
  add: (tree) => tree.at('n').add(2),
  'add to a new one': (tree) => tree.at('q.n').add(2),
  delete: (tree) => tree.root().delete('timed'),
  clear: (tree) => tree.root().clear(),
  val: (tree) => tree.root().val(),
  keys: (tree) => tree.root().keys(),
  size: (tree) => tree.root().size(),
  timeToLive: (tree) => tree.at('timed').timeToLive(),
  isLocked: (tree) => tree.at('n').isLocked(),
  withLock: (tree) => tree.at('n').withLock((node) => node.assign(5)),
};

const SEARCHES: Record<string, () => Promise<unknown>> = {
  findBy: () => Found.findBy({ n: 1 }),
  countBy: () => Found.countBy({ n: 1 }),
  createIndex: () => Found.createIndex(),
  syncIndex: () => Found.syncIndex(),
  dropIndex: () => Found.dropIndex(),
};

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof RedatomError) || error.code !== code || isOfRights(error)) throw error;
  };
}

function isOfRights(error: RedatomError): boolean {
  return error.message.includes('permission');
}

/** Everything that is stored except locks, whose tokens differ; times to live are in hundreds of seconds. */
async function stored(server: OwnServer): Promise<unknown> {
  const keys = (await server.send<string[]>('KEYS', '*')).sort().filter((key) => !/:lock|fence$|:(grants|deadlines|exclusive)$/.test(key));
  const read = async (key: string): Promise<unknown> => {
    const type = await server.send<string>('TYPE', key);
    const value = await (type === 'zset' ? server.send('ZRANGE', key, '0', '-1') : server.json(key));
    return [key, value, Math.ceil((await server.send<number>('PTTL', key)) / 100_000)];
  };
  return Promise.all(keys.map(read));
}

/** What was opened with a user's URL: `arrange` stores what the steps need, and resolves to a function that runs one of them. */
interface Opened {
  arrange(): Promise<(name: string) => Promise<unknown>>;
  close(): Promise<void>;
}

interface Door {
  readonly user: string;
  readonly names: readonly string[];
  /** Commands that no step needs, though they are good to have. */
  readonly spare: readonly string[];
  readonly open: (url: string) => Promise<Opened>;
}

function ofModels(user: string, steps: Record<string, Step<User>>, spare: readonly string[]): Door {
  const open = async (url: string): Promise<Opened> => {
    const database = await connect(url, { models: [User, Timed, Counted] });
    const arrange = async (): Promise<(name: string) => Promise<unknown>> => {
      await Timed.create({ ...INIT, id: 'timed' });
      await Counted.create({ ...INIT, id: 'counted' });
      const subject = await User.create(INIT);
      return async (name) => steps[name]?.(subject);
    };
    return { arrange, close: () => database.close() };
  };
  return { user, names: Object.keys(steps), spare, open };
}

function ofTrees(user: string, steps: Record<string, Step<RedisTree>>, spare: readonly string[]): Door {
  const open = async (url: string): Promise<Opened> => {
    const tree = new RedisTree({ client: url, namespace: 'shop' });
    const arrange = async (): Promise<(name: string) => Promise<unknown>> => {
      await tree.root().assign({ x: 0, n: 1 });
      await tree.root().set('timed', 1, { expire: 100 });
      return async (name) => steps[name]?.(tree);
    };
    return { arrange, close: () => tree.close() };
  };
  return { user, names: Object.keys(steps), spare, open };
}

function ofSearches(user: string, steps: Record<string, () => Promise<unknown>>, spare: readonly string[]): Door {
  const open = async (url: string): Promise<Opened> => {
    const database = await connect(url, { models: [Found] });
    const before = await connect(url, { models: [FoundBefore] });
    const arrange = async (): Promise<(name: string) => Promise<unknown>> => {
      await Promise.all([Found.createIndex(), FoundBefore.createIndex()]);
      await Found.create({ n: 1 });
      return async (name) => steps[name]?.();
    };
    return { arrange, close: async () => void (await Promise.all([database.close(), before.close()])) };
  };
  return { user, names: Object.keys(steps), spare, open };
}

const WAKING = ['publish', 'subscribe', 'unsubscribe'];

const DOORS: Door[] = [
  ofModels('reader', READS, ['ping']),
  ofModels('writer', { ...READS, ...WRITES }, ['ping']),
  ofModels('locker', { ...READS, ...WRITES, ...LOCKED }, ['ping', ...WAKING]),
  ofSearches('finder', SEARCHES, ['ping']),
  ofTrees('gardener', IN_TREE, ['ping', 'hmget', ...WAKING]),
];

describeOnOwnServers('a user with the rights that the documentation names', (server) => {
  describe.each(DOORS)('$user', ({ user, names, spare, open }) => {
    const documented = documentedUser(user);
    let rights: Rights;
    let opened: Opened;

    beforeAll(async () => {
      rights = new Rights(server(), documented);
      await rights.giveAll();
      opened = await open(rights.url);
    });
    afterAll(async () => {
      await opened.close();
      await server().send('ACL', 'DELUSER', user);
    });

    async function arranged(given?: { without: string }): Promise<(name: string) => Promise<unknown>> {
      await rights.giveAll();
      await server().send('FLUSHALL');
      const run = await opened.arrange();
      await rights.give(given);
      return run;
    }

    test('may do everything that it is for, and needs all of these rights', async () => {
      const needed = new Set(spare);
      for (const name of names) {
        const run = await arranged();
        const used = await rights.usedBy(() => run(name));
        expect({ name, refused: await rights.refused() }).toEqual({ name, refused: [] });
        for (const command of used) needed.add(command);
      }
      expect([...documented.commands].sort()).toEqual([...needed].sort());
    });

    test('is told which right is missing; nothing is done without it, or what is done is unknown', async () => {
      for (const name of names) {
        const runWithAll = await arranged();
        const used = await rights.usedBy(() => runWithAll(name));
        const done = await stored(server());
        for (const without of used) {
          const run = await arranged({ without });
          const before = await stored(server());
          const failure = await run(name).then(
            () => undefined,
            (error: unknown) => error as RedatomError,
          );
          const what = { name, without, error: failure?.message };
          if (failure === undefined) expect({ what, stored: await stored(server()) }).toEqual({ what, stored: done });
          else expectNamed(failure, without, what);
          if (failure instanceof RedisServiceError) expect({ what, stored: await stored(server()) }).toEqual({ what, stored: before });
        }
      }
    });
  });
});

function expectNamed(error: RedatomError, without: string, what: object): void {
  expect({ what, message: error.message }).toEqual({
    what,
    message: expect.stringMatching(new RegExp(`'${without}' command`, 'i')) as string,
  });
  if (error instanceof OutcomeUnknownError) return;
  expect({ what, code: error.code, reply: (error as RedisServiceError).reply }).toEqual({ what, code: 'REDIS_SERVICE', reply: 'NOPERM' });
}
