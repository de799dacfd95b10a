import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BatchError,
  PipelineClosedError,
  PipelineOperations,
  RedisConnectionError,
  RedisServiceError,
  TransactionAbortedError,
  type CommandPipe,
} from 'redatom/service';
import { Batch } from 'redatom/batch';
import { createClientPool } from 'redis';
import { openClient, quietClient } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';

describeOnEveryServer('PipelineOperations', 'its keys lie in any slots; tests/cluster has those of a cluster', (backend) => {
  const operations = async () => new PipelineOperations(await backend.raw());
  const value = async (key: string) => (await backend.raw()).get(key);
  beforeEach(() => backend.flush());

  describe('execute', () => {
    test('gives the results of the example of the page, in order, without a transaction', async () => {
      const ops = await operations();
      const build = async (pipe: CommandPipe) => {
        pipe.set('k1', 'v1');
        pipe.set('k2', 'v2');
      };
      const sent = await backend.commandsSent(() => ops.execute(build));
      expect(sent).toEqual(['SET', 'SET']);
      await expect(ops.execute(build)).resolves.toEqual(['OK', 'OK']);
    });

    test('takes builders that are not asynchronous, and batches', async () => {
      const ops = await operations();
      await expect(ops.execute((pipe) => pipe.set('a', '1').incr('a'))).resolves.toEqual(['OK', 2]);
      await expect(ops.execute(new Batch(false).get('a'))).resolves.toEqual(['2']);
    });

    test('gives [] when nothing was queued', async () => {
      await expect((await operations()).execute(() => undefined)).resolves.toEqual([]);
    });

    test('throws the first failure with the results of all others, which ran', async () => {
      const ops = await operations();
      const error = (await ops
        .execute((pipe) => pipe.set('t', 'x').incr('t').set('u', '1'))
        .catch((thrown: unknown) => thrown)) as BatchError;
      expect(error).toBeInstanceOf(RedisServiceError);
      expect(error.results).toEqual(['OK', error.cause, 'OK']);
      expect(error.errorIndexes).toEqual([1]);
      expect(await value('u')).toBe('1');
      const inPlace = await ops.execute((pipe) => pipe.incr('t').get('u'), { raiseOnError: false });
      expect(inPlace).toEqual([expect.any(RedisServiceError), '1']);
    });

    test('throws what the builder throws as it is, and sends nothing', async () => {
      const own = new Error('mine');
      const run = (await operations()).execute((pipe) => {
        pipe.set('never', '1');
        throw own;
      });
      await expect(run).rejects.toBe(own);
      expect(await value('never')).toBeNull();
    });
  });

  describe('transact', () => {
    const transfer = (pipe: CommandPipe) => {
      pipe.decrBy('{wallet}:from', 100);
      pipe.incrBy('{wallet}:to', 100);
    };

    test('gives the results of the example of the page, as one transaction', async () => {
      const ops = await operations();
      const sent = await backend.commandsSent(() => ops.transact(transfer));
      expect(sent).toEqual(['MULTI', 'DECRBY', 'INCRBY', 'EXEC']);
      await expect(ops.transact(transfer)).resolves.toEqual([-200, 200]);
    });

    test('applies nothing when a command cannot be queued', async () => {
      const run = (await operations()).transact((pipe) => pipe.set('q', '1').customCommand(['SET', 'q']));
      await expect(run).rejects.toMatchObject({ code: 'BATCH', index: 1 });
      expect(await value('q')).toBeNull();
    });

    test('takes nothing back when a command fails while it runs, and gives all results', async () => {
      const run = (await operations()).transact((pipe) => pipe.set('r', 'x').incr('r').set('s', '1'));
      await expect(run).rejects.toMatchObject({ code: 'BATCH', errorIndexes: [1], results: ['OK', expect.any(RedisServiceError), 'OK'] });
      expect(await value('s')).toBe('1');
    });

    test('is aborted when a watched key changes meanwhile, on a connection of its own', async () => {
      const client = await backend.raw();
      const ops = await operations();
      const run = ops.transact(
        async (pipe) => {
          await client.set('{w}a', 'other');
          await client.multi().set('{w}b', 'unrelated').exec();
          pipe.set('{w}a', 'mine');
        },
        { watch: ['{w}a'] },
      );
      const error: unknown = await run.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TransactionAbortedError);
      expect(error).toBeInstanceOf(RedisServiceError);
      expect(await value('{w}a')).toBe('other');
    });

    test.each([NaN, -1, 'x' as unknown as number])('is refused with retries: %p before the builder runs', async (retries) => {
      const build = jest.fn();
      await expect((await operations()).transact(build, { watch: ['{n}'], retries })).rejects.toThrow(
        'retries must be a number of at least 0',
      );
      expect(build).not.toHaveBeenCalled();
    });

    test('takes no route beside what it watches, which says already where it runs', async () => {
      const build = jest.fn();
      const options = { watch: ['{n}'], route: { type: 'random' } } as const;
      await expect((await operations()).transact(build, options)).rejects.toThrow(
        /runs on the server of the watched keys; leave out the route/,
      );
      expect(build).not.toHaveBeenCalled();
    });

    test('loses no update of eight writers who watch and try again', async () => {
      const client = await backend.raw();
      const ops = await operations();
      const count = async () => {
        for (let n = 0; n < 5; n += 1) {
          await ops.transact(async (pipe) => pipe.set('{n}', String(Number(await client.get('{n}')) + 1)), {
            watch: ['{n}'],
            retries: 1000,
          });
        }
      };
      await Promise.all(Array.from({ length: 8 }, count));
      expect(await value('{n}')).toBe('40');
    });

    test('watches on a pool too, and leaves no watch behind when the builder throws', async () => {
      const pool = createClientPool({ url: backend.url }, { minimum: 1, maximum: 1 });
      await pool.connect();
      const ops = new PipelineOperations(pool);
      const fails = ops.transact(() => Promise.reject(new Error('mine')), { watch: ['{w}a'] });
      await expect(fails).rejects.toThrow('mine');
      await (await backend.raw()).set('{w}a', 'changed');
      await expect(ops.transact((pipe) => pipe.set('{w}a', '2'), { watch: ['{w}a'] })).resolves.toEqual(['OK']);
      await pool.close();
    });
  });

  describe('atomic', () => {
    test('commits when the callback ends, and gives its value and the results', async () => {
      const ops = await operations();
      const run = ops.atomic(async (pipe) => {
        pipe.set('session:abc', 'token');
        pipe.expire('session:abc', 3600);
        return 7;
      });
      await expect(run).resolves.toEqual({ value: 7, results: ['OK', 1] });
      await ops.atomic(async (pipe) => {
        pipe.set('k1', 'v1');
        pipe.incr('counter');
      });
      expect([await value('k1'), await value('counter')]).toEqual(['v1', '1']);
    });

    test('sends nothing when the callback throws', async () => {
      const own = new Error('mine');
      const ops = await operations();
      const sent = await backend.commandsSent(() =>
        ops
          .atomic((pipe) => {
            pipe.set('never', '1');
            throw own;
          })
          .catch((error: unknown) => expect(error).toBe(own)),
      );
      expect(sent).toEqual([]);
    });

    test('refuses to be run from inside, which would make two transactions of one', async () => {
      const run = (await operations()).atomic((pipe) => {
        pipe.set('never', '1');
        (pipe as unknown as { exec(): void }).exec();
      });
      await expect(run).rejects.toThrow('cannot run them itself');
      expect(await value('never')).toBeNull();
    });

    test('refuses commands after its end', async () => {
      let kept: CommandPipe | undefined;
      await (await operations()).atomic((pipe) => void (kept = pipe));
      expect(() => kept?.set('late', '1')).toThrow(PipelineClosedError);
      expect(() => kept?.json.set('late', '$', 1)).toThrow(PipelineClosedError);
    });
  });

  describe('evalScript', () => {
    test('gives the results of both examples of the page', async () => {
      const ops = await operations();
      await expect(ops.evalScript("return redis.call('SET', KEYS[1], ARGV[1])", ['mykey'], ['value'])).resolves.toBe('OK');
      const compareAndSet = `
        local val = redis.call('GET', KEYS[1])
        if val == ARGV[1] then
          redis.call('SET', KEYS[1], ARGV[2])
          return 1
        end
        return 0
      `;
      await ops.evalScript("return redis.call('SET', KEYS[1], ARGV[1])", ['mykey'], ['expected']);
      await expect(ops.evalScript(compareAndSet, ['mykey'], ['expected', 'new_value'])).resolves.toBe(1);
      await expect(ops.evalScript(compareAndSet, ['mykey'], ['expected', 'new_value'])).resolves.toBe(0);
      expect(await value('mykey')).toBe('new_value');
    });

    test('sends the text only where the server does not know the script', async () => {
      const ops = await operations();
      const script = `return '${Math.random()}'`;
      expect(await backend.commandsSent(() => ops.evalScript(script))).toEqual(['EVALSHA', 'EVAL']);
      expect(await backend.commandsSent(() => ops.evalScript(script))).toEqual(['EVALSHA']);
    });

    test('takes text, numbers and bytes, and gives numbers cut off and null for false and nil', async () => {
      const ops = await operations();
      await expect(ops.evalScript('return ARGV', [], ['a', 1.5, Buffer.from('b'), new Uint8Array([99])])).resolves.toEqual([
        'a',
        '1.5',
        'b',
        'c',
      ]);
      await expect(ops.evalScript('return 3.9')).resolves.toBe(3);
      await expect(ops.evalScript('return false')).resolves.toBeNull();
      await expect(ops.evalScript('return nil')).resolves.toBeNull();
    });

    test.each([[true], [null], [undefined], [{}], [Number.NaN]])('refuses the argument %p before anything is sent', async (argument) => {
      const ops = await operations();
      const sent = await backend.commandsSent(() =>
        ops.evalScript('return 1', [], [argument as never]).catch((error: unknown) => expect(error).toBeInstanceOf(TypeError)),
      );
      expect(sent).toEqual([]);
    });

    test.each([null, 'key', [5]])('refuses %j for its keys', async (keys) => {
      await expect((await operations()).evalScript('return 1', keys as never)).rejects.toThrow(
        /^(the keys of a script must be a list|key 0 of a script must)/,
      );
    });

    test('rejects with the error of the script', async () => {
      const failed = (await operations()).evalScript("return redis.error_reply('MINE no')");
      await expect(failed).rejects.toMatchObject({ code: 'REDIS_SERVICE', reply: 'MINE', message: 'the server refused EVAL: MINE no' });
    });
  });

  test('leaves no connection that is being made to watch when it is given up', async () => {
    await using proxy = await TcpProxy.start(backend.url);
    const client = await openClient(proxy.url);
    const caller = new AbortController();
    const given = new PipelineOperations(client).transact((pipe) => pipe.incr('{k}n'), { watch: ['{k}n'], signal: caller.signal });
    // By then it has begun to connect, but is not connected.
    await new Promise<void>((resume) => process.nextTick(resume));
    caller.abort();

    await expect(given).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    client.destroy();
    await sleep(200);
    expect(proxy.connectionCount).toBe(0);
  });

  test.each([
    ['execute', (ops: PipelineOperations) => ops.execute((pipe) => pipe.incr('{k}n'))],
    ['transact', (ops: PipelineOperations) => ops.transact((pipe) => pipe.incr('{k}n'))],
    ['atomic', (ops: PipelineOperations) => ops.atomic((pipe) => pipe.incr('{k}n'))],
    ['evalScript', (ops: PipelineOperations) => ops.evalScript("return redis.call('INCR', KEYS[1])", ['{k}n'])],
  ])('%s applies a write whose reply was lost once, and says that it may have been applied', async (verb, run) => {
    await using proxy = await TcpProxy.start(backend.url);
    const client = await openClient(proxy.url);
    try {
      const watched = verb === 'evalScript' ? 'EVALSHA' : 'INCR';
      if (verb === 'evalScript')
        await new PipelineOperations(await backend.raw()).evalScript("return redis.call('INCR', KEYS[1])", ['{k}other']);
      void proxy.onRequest(watched, 'cut after');
      const error: unknown = await run(new PipelineOperations(client)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RedisConnectionError);
      expect(error).toMatchObject({ maybeApplied: true });
      await client.ping();
      expect(await value('{k}n')).toBe('1');
    } finally {
      client.destroy();
    }
  });

  test.each([
    ['publish', (pipe: CommandPipe) => pipe.publish('news', 'x')],
    ['sPublish', (pipe: CommandPipe) => pipe.sPublish('news', 'x')],
  ])('says of a message of %s() without a reply that it may have been heard', async (verb, record) => {
    await using proxy = await TcpProxy.start(backend.url);
    const client = await openClient(proxy.url);
    try {
      void proxy.onRequest(verb.toUpperCase(), 'cut after');
      const run = new PipelineOperations(client).execute(record);
      await expect(run).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: true });
      await expect(run).rejects.toThrow('writes among them may have been applied');
    } finally {
      client.destroy();
    }
  });

  test('fails in time when the server cannot be reached', async () => {
    const client = quietClient('redis://127.0.0.1:1');
    client.connect().catch(() => undefined);
    const run = new PipelineOperations(client, { timeoutMs: 100 }).execute((pipe) => pipe.set('a', '1'));
    await expect(run).rejects.toMatchObject({ maybeApplied: false });
    await expect(run).rejects.toBeInstanceOf(RedisConnectionError);
    client.destroy();
  });
});
