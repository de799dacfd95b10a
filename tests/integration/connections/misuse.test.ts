import { createServer, type AddressInfo } from 'node:net';
import { connect, pipeline, RedisConnectionError, type ConnectionTarget, type ConnectOptions } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { RedisTree } from 'redatom/tree';
import { describeOnEveryBackend, describeOnEveryServer } from '../../support/backends';
import { useDatabase } from '../../support/use-models';
import { createUser, User } from '../../support/user';

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const taken =
  'connect() takes a URL such as redis://localhost:6379, { url }, or a client, pool, cluster or sentinel of node-redis 5 or 6, found';

describe('connect refuses', () => {
  test.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [6379, 'the number 6379'],
    ['localhost', 'the text "localhost"'],
    ['localhost:6379', 'the text "localhost:6379"'],
    ['http://localhost:6379', 'the text "http://localhost:6379"'],
    ['http://me:secret@localhost', 'the text "http://***@localhost"'],
    ['redis://me:secret@localhost/orders', 'the text "redis://***@localhost/orders": Invalid pathname'],
    [{ url: 'me:secret@localhost' }, 'the text "***@localhost"'],
    [{ url: undefined }, 'nothing'],
    [{}, 'an object'],
    [[], 'a list of 0'],
    [() => 1, 'a function'],
  ])('%p as a target', async (target, found) => {
    const error = await connect(target as ConnectionTarget).catch((reason: unknown) => reason as Error);

    expect(error).toMatchObject({ name: 'TypeError', message: `${taken} ${found}` });
    // Node prints this property with the error wherever it exists.
    expect('cause' in error).toBe(found.includes('Invalid'));
  });

  test.each([
    [User, 'the function User'],
    [{ User }, 'an object'],
    ['User', 'the text "User"'],
  ])('%p as models', async (models, found) => {
    const options = { models } as unknown as ConnectOptions;
    await expect(connect('redis://127.0.0.1:1', options)).rejects.toThrow(`connect() takes models: [User, …], found ${found}`);
  });

  test.each([
    ['redis://127.0.0.1:1', [User], 'connect() takes its options as an object, found a list of 1'],
    ['redis://127.0.0.1:1', { model: [User] }, 'connect() knows no option "model"; it takes models, name, timeoutMs, createIndexes'],
    [{ url: 'redis://127.0.0.1:1', password: 'secret' }, {}, 'connect({ url }) knows no option "password"; it takes url, timeoutMs, RESP'],
  ])('options that are none, such as of %j and %j', async (target, options, message) => {
    await expect(connect(target as ConnectionTarget, options as ConnectOptions)).rejects.toThrow(new TypeError(message));
  });

  test.each([5, '', null, {}])('%p as a name', async (name) => {
    const options = { name } as unknown as ConnectOptions;
    await expect(connect('redis://127.0.0.1:1', options)).rejects.toThrow(/^connect\(\) takes a name of text that is not empty, found /);
  });

  test.each([0, -1, NaN, '10', null])('%p as a time', async (timeoutMs) => {
    const options = { timeoutMs } as unknown as ConnectOptions;
    await expect(connect('redis://127.0.0.1:1', options)).rejects.toThrow(RangeError);
  });

  test.each([
    [undefined, 'nothing'],
    [{}, 'an object'],
    ['redis://me:secret@127.0.0.1', 'the text "redis://***@127.0.0.1"'],
  ])('%p for batches', (target, found) => {
    expect(() => new BatchClient(target as never)).toThrow(
      new TypeError(
        `batches run on what connect() returned, or on a client, pool, cluster or sentinel of node-redis 5 or 6, found ${found}`,
      ),
    );
  });

  test.each([undefined, null, {}, 'localhost:6379'])('%p for a tree', async (client) => {
    await expect(new RedisTree({ client: client as never }).at('a').val()).rejects.toThrow(/^connect\(\) takes a URL/);
  });
});

describe('connect', () => {
  test('names the server that does not answer, and why, but not its password', async () => {
    const port = await deadPort();
    const failed = connect(`redis://me:secret@127.0.0.1:${port}/3`, { timeoutMs: 200 });

    await expect(failed).rejects.toThrow(RedisConnectionError);
    await expect(failed).rejects.toThrow(
      new RegExp(`^no Redis server answered at redis://127\\.0\\.0\\.1:${port} within 200 ms: .*ECONNREFUSED`),
    );
  });
});

describeOnEveryBackend('a connection', (backend) => {
  test('serves trees as well as models, and outlives them', async () => {
    await using db = await connect(await backend.target(), { models: [User] });
    const tree = new RedisTree({ client: db, namespace: 'of-connection' });

    await tree.at('a.b').set('c', 1);
    await tree.close();

    expect(await new RedisTree({ client: await backend.readyClient(), namespace: 'of-connection' }).at('a').val()).toEqual({ b: { c: 1 } });
    await expect(User.find('nobody')).resolves.toBeNull();
  });
});

describeOnEveryServer('a timeoutMs of connect that is too long for a timer', 'a URL is a connection to one', (backend) => {
  test.each([Infinity, 2 ** 31])('does not end at once: %d ms', async (timeoutMs) => {
    await using _ = await connect(backend.url, { timeoutMs, models: [User] });

    await expect(User.find('nobody')).resolves.toBeNull();
  });
});

describeOnEveryBackend('something else where one is expected', (backend) => {
  const database = useDatabase(() => backend.target(), [User]);

  test.each<[(user: User) => unknown, string]>([
    [() => [{}], 'found an object at position 0'],
    [(user) => [user, user.tags], 'found a list of 0 at position 1'],
    [() => [undefined], 'found nothing at position 0'],
    [(user) => user, 'takes its documents as a list, found an instance of User'],
    [() => undefined, 'takes its documents as a list, found nothing'],
  ])('documents of a pipeline: %p', async (documents, message) => {
    const user = await createUser();
    const given = documents(user) as never;

    let refused: Promise<unknown> | undefined;
    expect(() => (refused = pipeline(given, () => undefined))).not.toThrow();

    await expect(refused).rejects.toThrow(TypeError);
    await expect(refused).rejects.toThrow(message);
  });

  test.each<[string, (user: User) => Promise<unknown>, string]>([
    ['insertMany', () => User.insertMany({} as never), "insertMany() takes a list, such as [{ username: 'ada' }], found an object"],
    ['getMany', () => User.getMany('ada' as never), 'getMany() takes a list, such as [\'ada\'], found the text "ada"'],
    ['deleteMany', () => User.deleteMany('ada' as never), 'deleteMany() takes a list, such as [\'ada\'], found the text "ada"'],
    [
      'pipeline',
      (user) => user.pipeline(undefined as never),
      'pipeline() takes a function, such as document.pipeline((same) => …), found nothing',
    ],
    [
      'pipeline of several',
      (user) => pipeline([user], {} as never),
      'pipeline() takes a function, such as pipeline([from, to], () => …), found an',
    ],
    [
      'withLock',
      (user) => user.withLock('a', undefined as never),
      "withLock() takes a function, such as document.withLock('action', (same) => …), f",
    ],
    ['withLockFromKey', (user) => User.withLockFromKey(user.key, 'a', 1 as never), 'withLockFromKey() takes a function, such as withLock'],
    [
      'transact',
      () => User.transact('ada', undefined as never),
      "transact() takes a function, such as transact('ada', (document) => …), f",
    ],
  ])('an argument of %s', async (_, call, message) => {
    const user = await createUser();

    const sent = await backend.commandsSent(async () => {
      let refused: Promise<unknown> | undefined;
      expect(() => (refused = call(user))).not.toThrow();
      await expect(refused).rejects.toThrow(TypeError);
      await expect(refused).rejects.toThrow(message);
    });

    expect(sent).toEqual([]);
  });

  test('a document of a batch', async () => {
    const user = await createUser();
    const add = (document: unknown) => (): unknown => new Batch(true).add(document as never, () => undefined);

    expect(add({})).toThrow(new TypeError('add() takes documents, found an object at position 0'));
    expect(add([user, {}])).toThrow(new TypeError('add() takes documents, found an object at position 1'));
  });

  test('a batch that is given no changes to a document', async () => {
    const user = await createUser();

    for (const work of [undefined, { score: 1 }]) {
      expect(() => new Batch(true).add(user, work as never)).toThrow(
        /^add\(\) takes a function, such as add\(user, \(same\) => …\), found/,
      );
    }
  });

  test.each([
    [[], 'a list of 0'],
    [undefined, 'nothing'],
    ['GET', 'the text "GET"'],
    [{}, 'an object'],
  ])('a batch: %j', async (given, found) => {
    const run = new BatchClient(database()).exec(given as never, true);
    await expect(run).rejects.toThrow(new TypeError(`exec() takes a Batch or a ClusterBatch, found ${found}`));

    const built = new PipelineOperations(database()).execute(given as never);
    await expect(built).rejects.toThrow(new TypeError(`commands come from a function that records them, or from a Batch, found ${found}`));
  });
});
