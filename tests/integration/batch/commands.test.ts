import { Batch, BatchClient, ClusterBatch, RedisServiceError } from 'redatom/batch';
import { createClient } from 'redis';
import { describeOnEveryServer } from '../../support/backends';

describeOnEveryServer('Batch', 'it has the batches of one server; tests/cluster has those of a cluster', (backend) => {
  const exec = async (batch: Batch, raiseOnError = false) => new BatchClient(await backend.raw()).exec(batch, raiseOnError);

  test('gives the results that the page of GLIDE prints for an atomic batch', async () => {
    const transaction = new ClusterBatch(true);
    transaction.set('key', 'value');
    transaction.get('key');
    await expect(exec(transaction)).resolves.toEqual(['OK', 'value']);
  });

  test('gives the results that the page of GLIDE prints for a batch that is not atomic', async () => {
    const pipeline = new ClusterBatch(false);
    pipeline.set('key1', 'value1');
    pipeline.set('key2', 'value2');
    pipeline.get('key1');
    pipeline.get('key2');
    await expect(exec(pipeline)).resolves.toEqual(['OK', 'OK', 'value1', 'value2']);
  });

  test('chains, counts what it holds, runs again with the same results, and forgets on clear', async () => {
    const batch = new Batch(false).set('again', '1').incr('again');
    expect(batch.length).toBe(2);
    await expect(exec(batch)).resolves.toEqual(['OK', 2]);
    await expect(exec(batch)).resolves.toEqual(['OK', 2]);
    expect(batch.clear().length).toBe(0);
    await expect(exec(batch.set('again', '5').get('again'))).resolves.toEqual(['OK', '5']);
  });

  test.each([true, false])('gives [] when it is empty, atomic %s', async (isAtomic) => {
    const client = await backend.raw();
    const sent = await backend.commandsSent(() => new BatchClient(client).exec(new Batch(isAtomic), true));
    expect(sent).toEqual([]);
    await expect(exec(new Batch(isAtomic))).resolves.toEqual([]);
  });

  test('has the commands of node-redis, with their replies in its form, JSON among them', async () => {
    const batch = new Batch(false)
      .hSet('{c}hash', { a: '1', b: '2' })
      .hGetAll('{c}hash')
      .zAdd('{c}sorted', [{ score: 1.5, value: 'x' }])
      .zRangeWithScores('{c}sorted', 0, -1)
      .json.set('{c}doc', '$', { n: 1, tags: ['a'] })
      .json.numIncrBy('{c}doc', '$.n', 2)
      .json.get('{c}doc', { path: '$.n' });
    await expect(exec(batch)).resolves.toEqual([2, { a: '1', b: '2' }, 1, [{ value: 'x', score: 1.5 }], 'OK', [3], [3]]);
  });

  test('has search and streams, whose places hold errors on a server that lacks them', async () => {
    const lacks = async (command: string): Promise<boolean> => (await backend.send<unknown[]>('COMMAND', 'INFO', command))[0] === null;
    const [noSearch, noStreams] = [await lacks('FT._LIST'), await lacks('XADD')];
    const batch = new Batch(false).ft._list().xAdd('{c}stream', '1-1', { field: 'v' }).xRange('{c}stream', '-', '+');
    const refused = expect.any(RedisServiceError) as unknown;

    expect(await exec(batch)).toEqual([
      noSearch ? refused : [],
      ...(noStreams ? [refused, refused] : ['1-1', [expect.objectContaining({ id: '1-1', message: { field: 'v' } })]]),
    ]);
  });

  test('takes a command as it is written', async () => {
    await expect(exec(new Batch(false).customCommand(['SET', 'raw', 'v', 'EX', '100']).customCommand(['TTL', 'raw']))).resolves.toEqual([
      'OK',
      100,
    ]);
  });

  test('carries bytes as keys and values unharmed', async () => {
    const [key, value] = [Buffer.from([0xff, 0, 0x7b, 0x80]), Buffer.from([0xfe, 0, 10, 13])];
    await expect(exec(new Batch(true).set(key, value).strLen(key))).resolves.toEqual(['OK', 4]);
  });

  describe('copy', () => {
    beforeEach(() => exec(new Batch(false).set('{x}source', 's').set('{x}target', 't')));

    test('keeps the destination unless it is to be replaced', async () => {
      const batch = new Batch(false)
        .copy('{x}source', '{x}target')
        .copy('{x}source', '{x}target', { replace: false })
        .get('{x}target')
        .copy('{x}source', '{x}target', { replace: true })
        .get('{x}target');
      await expect(exec(batch)).resolves.toEqual([false, false, 't', true, 's']);
    });

    test('says false when there is no source', async () => {
      await expect(exec(new Batch(true).copy('{x}nothing', '{x}target', { replace: true }))).resolves.toEqual([false]);
    });
  });

  test('publishes with the message first, to plain and to sharded channels, and counts receivers', async () => {
    const subscriber = (await backend.raw()).duplicate();
    subscriber.on('error', () => undefined);
    await subscriber.connect();
    const heard: string[] = [];
    await subscriber.subscribe('plain', (message) => heard.push(message));
    await subscriber.sSubscribe('sharded', (message) => heard.push(message));
    try {
      const batch = new Batch(false)
        .publish('hello', 'plain')
        .publish('hi', 'sharded', true)
        .pubsubShardChannels()
        .pubsubShardChannels('no*')
        .pubsubShardNumSub(['sharded', 'other'])
        .pubsubShardNumSub();
      await expect(exec(batch)).resolves.toEqual([1, 1, ['sharded'], [], { sharded: 1, other: 0 }, {}]);
      const atomic = new Batch(true).pubsubShardChannels('sh*').pubsubShardNumSub(['sharded']);
      await expect(exec(atomic)).resolves.toEqual([['sharded'], { sharded: 1 }]);
      // Messages do not come over the connection of the batch, but on their own connection they come before later replies.
      await subscriber.ping();
    } finally {
      subscriber.destroy();
    }
    expect(heard).toEqual(['hello', 'hi']);
  });

  test('reads replies of the older protocol like those of the newer', async () => {
    const older = createClient({ url: backend.url, RESP: 2 });
    await older.connect();
    const batch = new Batch(false)
      .hSet('{r}h', { a: '1' })
      .hGetAll('{r}h')
      .zAdd('{r}z', { score: 2, value: 'm' })
      .zScore('{r}z', 'm')
      // A long call is not kept as the example from which a verb learns to read replies of the older protocol.
      .zIncrBy('{r}z', 1.5, 'x'.repeat(2000))
      .pubsubShardNumSub(['none']);
    try {
      const replies = await new BatchClient(older).exec(batch, true);
      await exec(new Batch(false).del(['{r}h', '{r}z']));
      expect(replies).toEqual(await exec(batch));
    } finally {
      older.destroy();
    }
  });

  test('refuses to be made without being told whether it is atomic', () => {
    expect(() => new (Batch as unknown as new () => Batch)()).toThrow('found nothing');
  });

  test('refuses to publish where sharded is neither true nor false', () => {
    expect(() => new Batch(false).publish('hi', 'plain', 1 as never)).toThrow(
      'publish() takes true or false as its third argument, found the number 1',
    );
  });

  test.each(['news', 5, null])('refuses %j for a list of channels', (channels) => {
    expect(() => new Batch(false).pubsubShardNumSub(channels as never)).toThrow(
      /pubsubShardNumSub\(\) takes a list, such as \['news'\], found/,
    );
  });

  test('names the command and the key of a refusal', async () => {
    await exec(new Batch(false).set('text', 'a'));
    const [error] = (await exec(new Batch(false).incr('text'))) as [RedisServiceError];
    expect(error).toBeInstanceOf(RedisServiceError);
    expect(error).toMatchObject({ code: 'REDIS_SERVICE', command: 'INCR', key: 'text', reply: 'ERR' });
  });
});
