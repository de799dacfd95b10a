import {
  AtomicRedisModel,
  CommandArgumentError,
  connect,
  CommitRefusedError,
  CorruptDocumentError,
  CrossSlotError,
  dict,
  EmptyDictError,
  Field,
  KeyExistsError,
  KeyNotFoundError,
  list,
  LockLostError,
  LockTimeoutError,
  Model,
  NestedModelError,
  NotConnectedError,
  OutcomeUnknownError,
  PathMismatchError,
  pipeline,
  PipelineBusyError,
  PipelineClosedError,
  PipelineCommandError,
  PipelineNeedsReplyError,
  RedatomError,
  RedisConnectionError,
  RedisDict,
  RedisInt,
  RedisList,
  RedisServiceError,
  SchemaError,
  StaleItemError,
  ValidationError,
  Version,
  VersionConflictError,
} from 'redatom';
import * as redatom from 'redatom';
import { describeOnEveryBackend, testOnOneServer, type Backend } from '../support/backends';
import { TcpProxy } from '../support/tcp-proxy';
import { useModels } from '../support/use-models';
import { createUser, User } from '../support/user';

@Model()
class Versioned extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Version() version!: number;
}

@Model()
class Item extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Cart extends AtomicRedisModel {
  @Field(list(() => Item)) items!: RedisList<Item>;
  @Field(dict(String)) notes!: RedisDict<string>;
}

@Model()
class Unbound extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Proxied extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

@Model()
class Wrong extends AtomicRedisModel {
  @Field() untyped!: unknown;
  // @ts-expect-error of a list alone nobody knows the items
  @Field(RedisList) tags!: RedisList<string>;
}

/** Provoked in `search/index.test.ts`. */
const IN_SEARCHES = [redatom.IndexNotFoundError, redatom.SearchUnavailableError];

type Provoke = (backend: Backend) => Promise<unknown>;

/** For each class of error: its code, and the shortest way to provoke it. */
const ERRORS: [new (...args: never[]) => RedatomError, string, Provoke, object][] = [
  [KeyNotFoundError, 'KEY_NOT_FOUND', () => User.get('nobody'), { model: 'User', key: 'User:nobody' }],
  [KeyExistsError, 'KEY_EXISTS', async () => User.create({ username: (await createUser()).pk }), { model: 'User' }],
  [ValidationError, 'VALIDATION', () => User.create({ username: 7 as unknown as string }), { problems: [{ field: 'username' }] }],
  [SchemaError, 'SCHEMA', ({ url }) => connect(url, { models: [Wrong] }), { model: 'Wrong', problems: { length: 2 } }],
  [
    CorruptDocumentError,
    'CORRUPT_DOCUMENT',
    async (backend) => {
      const user = await createUser();
      await backend.overwrite(user.key, '$["tags"]', 'text');
      return User.get(user.key);
    },
    { path: '$["tags"]', expected: 'a list', found: 'the text "text"' },
  ],
  [
    PathMismatchError,
    'PATH_MISMATCH',
    async (backend) => {
      const user = await createUser();
      await backend.overwrite(user.key, '$["tags"]', 'text');
      return user.tags.aappend('x');
    },
    { path: '$["tags"]', expected: 'a list' },
  ],
  [
    StaleItemError,
    'STALE_ITEM',
    async (backend) => {
      const cart = await Cart.create({ items: [{ n: 1 }] });
      await backend.send('JSON.ARRINSERT', cart.key, '$.items', '0', '{"n":7}');
      return (cart.items[0] as Item).n.increase();
    },
    { path: '$["items"][0]' },
  ],
  [
    NestedModelError,
    'NESTED_MODEL',
    async () => (await createUser({ address: { city: 'x' } })).address?.delete(),
    { model: 'Address', path: '$["address"]', command: 'delete' },
  ],
  [EmptyDictError, 'EMPTY_DICT', async () => (await Cart.create({})).notes.apopItem(), { path: '$["notes"]' }],
  [
    PipelineClosedError,
    'PIPELINE_CLOSED',
    async () => {
      const user = await createUser();
      let late: Promise<unknown> = Promise.resolve();
      await user.pipeline(() => void (late = new Promise((resolve) => setTimeout(resolve, 20)).then(() => user.score.add(1))));
      return late;
    },
    { model: 'User' },
  ],
  [
    PipelineBusyError,
    'PIPELINE_BUSY',
    async () => {
      const user = await createUser();
      const open = user.pipeline(() => new Promise((resolve) => setTimeout(resolve, 30)));
      return user.pipeline(() => undefined).finally(() => open);
    },
    { model: 'User' },
  ],
  [
    PipelineNeedsReplyError,
    'PIPELINE_NEEDS_REPLY',
    async () => {
      const user = await createUser();
      return user.pipeline(() => user.tags.apop());
    },
    { command: 'apop', path: '$["tags"]' },
  ],
  [
    CommitRefusedError,
    'COMMIT_REFUSED',
    async () => (await createUser()).score.adjust(-1, { min: 0 }),
    { reason: 'below-min', found: '-1' },
  ],
  [
    VersionConflictError,
    'VERSION_CONFLICT',
    async () => {
      const one = await Versioned.create({});
      const other = await Versioned.get(one.key);
      await one.pipeline(() => one.n.add(1));
      return other.pipeline(() => other.n.add(1));
    },
    { expectedVersion: 1, foundVersion: '2' },
  ],
  [
    LockTimeoutError,
    'LOCK_TIMEOUT',
    async (backend) => {
      const user = await createUser();
      await backend.send('SET', `{${user.key}}/work:lock`, 'x');
      return user.withLock('work', () => undefined, { waitMs: 0 });
    },
    { action: 'work', waitMs: 0 },
  ],
  [
    LockLostError,
    'LOCK_LOST',
    async (backend) => {
      const user = await createUser();
      return user.withLock('work', async () => {
        await backend.send('SET', `{${user.key}}/work:lock`, 'x');
        await user.score.increase();
      });
    },
    { action: 'work' },
  ],
  [
    PipelineCommandError,
    'PIPELINE_COMMAND',
    async () => (await createUser()).pipeline((_, commands) => commands.blPop('queue', 1)),
    { command: 'BLPOP' },
  ],
  [
    CommandArgumentError,
    'COMMAND_ARGUMENT',
    async () => (await createUser()).pipeline((_, commands) => commands.customCommand([])),
    { command: 'a command' },
  ],
  [
    CrossSlotError,
    'CROSS_SLOT',
    async (backend) => {
      await using _elsewhere = await connect(await backend.target(), { models: [Unbound] });
      const documents = [await createUser(), await Unbound.create({})] as const;
      return await pipeline(documents, ([user, other]) => {
        user.score.add(1);
        other.n.add(1);
      });
    },
    { keys: { length: 2 } },
  ],
  [
    OutcomeUnknownError,
    'OUTCOME_UNKNOWN',
    async ({ url }) => {
      const proxy = await TcpProxy.start(url);
      await using _db = await connect({ url: proxy.url, timeoutMs: 1000 }, { models: [Proxied] });
      const proxied = await Proxied.create({});
      void proxy.onRequest('NUMINCRBY', 'cut after');
      return await proxied.n.increase().finally(() => proxy.close());
    },
    { model: 'Proxied', command: 'increase', path: '$["n"]' },
  ],
  [RedisConnectionError, 'REDIS_CONNECTION', () => connect({ url: 'redis://127.0.0.1:1', timeoutMs: 200 }), {}],
  [
    RedisServiceError,
    'REDIS_SERVICE',
    async ({ url }) => {
      const wrong = new URL(url);
      wrong.username = 'nobody';
      wrong.password = 'wrong';
      return connect(wrong.href);
    },
    { reply: 'WRONGPASS' },
  ],
  [NotConnectedError, 'NOT_CONNECTED', () => Unbound.get('1'), { model: 'Unbound' }],
];

describeOnEveryBackend('errors', (backend) => {
  useModels(backend, User, Versioned, Cart);

  for (const [type, code, provoke, facts] of ERRORS) {
    const { name } = type;
    const asTest = type === OutcomeUnknownError ? testOnOneServer(backend, 'a proxy stands before one, and cuts the connection') : test;
    asTest(name, async () => {
      const error = await provoke(backend).then(
        () => undefined,
        (thrown: unknown) => thrown as RedatomError,
      );

      expect(error).toBeInstanceOf(type);
      expect(error).toBeInstanceOf(RedatomError);
      expect(error).toMatchObject({ name, code, ...facts });
      expect(error?.message).toMatch(/^.{15,}[^!]$/s);
    });
  }

  test('every class that the package exports is provoked here, or has a test that needs a server of its own', async () => {
    const exported: Record<string, unknown> = { ...redatom };
    const classes = Object.values(exported).filter((value) => typeof value === 'function' && value.prototype instanceof RedatomError) as {
      name: string;
    }[];

    expect([...ERRORS.map(([type]) => type), ...IN_SEARCHES].map(({ name }) => name).sort()).toEqual(
      classes.map(({ name }) => name).sort(),
    );
  });
});
