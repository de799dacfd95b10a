import { connect } from 'redatom';
import { BatchClient, BatchError, ClusterBatch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { slotOf } from '../../src/path/slot';
import { createUser, User } from '../support/user';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

const keysOnAllServers = (prefix: string, count = 30): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('batches on a cluster', () => {
  const at = useCluster();
  const exec = (batch: ClusterBatch, options?: Parameters<BatchClient['exec']>[2]) =>
    new BatchClient(at.client).exec(batch, false, options);

  test('give the results that the page of GLIDE prints, in the order of the commands', async () => {
    await expect(exec(new ClusterBatch(true).set('key', 'value').get('key'))).resolves.toEqual(['OK', 'value']);
    const pipeline = new ClusterBatch(false).set('key1', 'value1').set('key2', 'value2').get('key1').get('key2');
    await expect(exec(pipeline)).resolves.toEqual(['OK', 'OK', 'value1', 'value2']);
  });

  test('split commands over several keys by slot and put the replies together', async () => {
    const keys = keysOnAllServers('split');
    const pairs = Object.fromEntries(keys.map((key, n) => [key, String(n)]));
    const batch = new ClusterBatch(false)
      .mSet(pairs)
      .mGet([...keys, 'nothing'].reverse())
      .exists([...keys, 'nothing'])
      .touch(keys)
      .del(keys.slice(0, 10))
      .unlink(keys)
      .exists(keys)
      .json.mSet(keys.map((key) => ({ key: `json:${key}`, path: '$', value: key })))
      .json.mGet([...keys.map((key) => `json:${key}`), 'nothing'], '$');
    const values = keys.map((_, n) => String(n));
    await expect(exec(batch)).resolves.toEqual([
      'OK',
      [...values, null].reverse(),
      30,
      30,
      10,
      20,
      0,
      'OK',
      [...keys.map((key) => [key]), null],
    ]);
  });

  test('keep the order of the commands on each key, 200 times', async () => {
    const batch = new ClusterBatch(false)
      .set('o', '1')
      .mSet({ o: '2', p: '2', q: '2' })
      .get('o')
      .del(['o', 'p'])
      .get('o')
      .set('o', '3')
      .mGet(['o', 'p', 'q']);
    for (let round = 0; round < 200; round += 1) {
      expect(await exec(batch)).toEqual(['OK', 'OK', '2', 2, null, 'OK', ['3', null, '2']]);
    }
  });

  test('refuse an atomic batch over several slots before anything is sent, naming keys, slots and the way out', async () => {
    const run = exec(new ClusterBatch(true).set('a', '1').hSet('b', 'f', '1'));
    await expect(run).rejects.toMatchObject({ code: 'CROSS_SLOT', keys: ['a', 'b'] });
    await expect(run).rejects.toThrow(/"a" in slot 15495, "b" in slot 3300; give them one hash tag.*@Model\(\{ hashTag/);
    expect(await at.client.exists('a')).toBe(0);
    const script = new PipelineOperations(at.client).evalScript('return 1', ['a', 'b']);
    await expect(script).rejects.toMatchObject({ code: 'CROSS_SLOT' });
    const watched = new PipelineOperations(at.client).transact(() => undefined, { watch: ['a', 'b'] });
    await expect(watched).rejects.toMatchObject({ code: 'CROSS_SLOT' });
  });

  test('refuse a transaction in another slot than what it watches, whichever server has that', async () => {
    const operations = new PipelineOperations(at.client);
    for (const key of keysOnAllServers('elsewhere', 9)) {
      const watched = operations.transact((pipe) => pipe.set(key, '1'), { watch: ['a'], retries: 3 });
      await expect(watched).rejects.toMatchObject({ code: 'CROSS_SLOT', keys: ['a', key] });
      expect(await at.client.exists(key)).toBe(0);
    }
  });

  test('take the changes of a model back when they lie in another slot than the rest', async () => {
    const database = await connect(at.client, { models: [User] });
    const user = await createUser();
    const batch = new ClusterBatch(true).add(user, (same) => same.score.add(1)).set('elsewhere', '1');
    await expect(exec(batch)).rejects.toMatchObject({ code: 'CROSS_SLOT' });
    await database.close();
    expect([user.score.value, user.isStale]).toEqual([0, false]);
  });

  test('leave a refusal in its place where one command names several slots, and send the others', async () => {
    const results = await exec(new ClusterBatch(false).set('a', '1').copy('a', 'b').rename('a', 'b').get('a'));
    const refusal = expect.objectContaining({ code: 'CROSS_SLOT' }) as unknown;
    expect(results).toEqual(['OK', refusal, refusal, '1']);
  });

  test('leave errors in their places, and throw them with all other replies', async () => {
    const batch = new ClusterBatch(false).set('e1', 'x').incr('e1').customCommand(['NOSUCH', 'e2']).get('e1');
    const error = expect.objectContaining({ code: 'REDIS_SERVICE' }) as unknown;
    await expect(exec(batch)).resolves.toEqual(['OK', error, error, 'x']);
    const thrown = (await new BatchClient(at.client).exec(batch, true).catch((reason: unknown) => reason)) as BatchError;
    expect(thrown).toBeInstanceOf(BatchError);
    expect(thrown).toMatchObject({ errorIndexes: [1, 2], results: ['OK', error, error, 'x'] });
  });

  test('send commands without a key to one server, or to all and combine, as the command wants it', async () => {
    await exec(new ClusterBatch(false).flushAll());
    const keys = keysOnAllServers('all');
    await exec(new ClusterBatch(false).mSet(keys.map((key) => [key, '1'] as [string, string])));
    const results = await exec(new ClusterBatch(false).dbSize().keys('all*').ping().echo('x').flushAll().dbSize());
    expect([...(results?.[1] as string[])].sort()).toEqual([...keys].sort());
    expect([results?.[0], ...(results?.slice(2) ?? [])]).toEqual([30, 'PONG', 'x', 'OK', 0]);
  });

  test('see the shard channels of all servers', async () => {
    const channels = ['ca', 'cb', 'cc', 'cd'];
    expect(new Set(channels.map(serverOf)).size).toBe(3);
    const listener = (): void => undefined;
    for (const channel of channels) await at.client.sSubscribe(channel, listener);
    const batch = new ClusterBatch(false)
      .pubsubShardChannels('c?')
      .pubsubShardNumSub([...channels, 'none'])
      .publish('m', 'ca', true);
    const [found, counts, receivers] = (await exec(batch)) as [string[], Record<string, number>, number];
    for (const channel of channels) await at.client.sUnsubscribe(channel, listener);
    expect([...found].sort()).toEqual(channels);
    expect([counts, receivers]).toEqual([{ ca: 1, cb: 1, cc: 1, cd: 1, none: 0 }, 1]);
  });

  test.each([{ type: 'primarySlotKey', key: '{t}' } as const, { type: 'primarySlotId', slot: slotOf('{t}') } as const])(
    'go where a route says: $type',
    async (route) => {
      await expect(exec(new ClusterBatch(false).set('{t}a', '1').dbSize().pubsubShardChannels(), { route })).resolves.toMatchObject([
        'OK',
        expect.any(Number),
        [],
      ]);
      await expect(exec(new ClusterBatch(true).set('{t}a', '1').customCommand(['CLUSTER', 'KEYSLOT', '{t}']), { route })).resolves.toEqual([
        'OK',
        slotOf('{t}'),
      ]);
      // A command with a key that lies elsewhere is redirected.
      await expect(exec(new ClusterBatch(false).set('a', '7').set('b', '8').get('a'), { route })).resolves.toEqual(['OK', 'OK', '7']);
    },
  );

  test('go to the server with an address', async () => {
    const { port } = new URL(at.cluster.urls[1] as string);
    const route = { type: 'byAddress', host: '127.0.0.1', port: Number(port) } as const;
    const [info] = (await exec(new ClusterBatch(false).info('server'), { route })) as [string];
    expect(info).toContain(`tcp_port:${port}`);
    const nowhere = { ...route, host: 'elsewhere' };
    for (const isAtomic of [true, false])
      await expect(exec(new ClusterBatch(isAtomic).info('server'), { route: nowhere })).rejects.toThrow(RangeError);
  });

  test('watch keys, and lose no update of six writers', async () => {
    const operations = new PipelineOperations(at.client);
    await at.client.del('{n}');
    const write = async (): Promise<void> => {
      for (let n = 0; n < 3; n += 1) {
        await operations.transact(async (pipe) => pipe.set('{n}', String(Number(await at.client.get('{n}')) + 1)), {
          watch: ['{n}'],
          retries: 500,
        });
      }
    };
    await Promise.all(Array.from({ length: 6 }, write));
    expect(await at.client.get('{n}')).toBe('18');
  });

  test('run a script where its keys are', async () => {
    const operations = new PipelineOperations(at.client);
    for (const key of keysOnAllServers('script', 9)) {
      await expect(operations.evalScript("return redis.call('SET', KEYS[1], ARGV[1])", [key], [1])).resolves.toBe('OK');
    }
  });
});
