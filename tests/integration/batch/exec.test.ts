import { setTimeout as sleep } from 'node:timers/promises';
import { Batch, BatchClient, type BatchConnectionError, BatchError, OutcomeUnknownError, RedisConnectionError } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { openClient, openPool, type OpenClient } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { TcpProxy } from '../../support/tcp-proxy';

describeOnEveryServer('BatchClient.exec', 'it cuts the one connection; tests/cluster has batches on a cluster', (backend) => {
  describe.each([true, false])('with a command that fails, atomic %s', (isAtomic) => {
    const failing = () => new Batch(isAtomic).set('{f}text', 'a').incr('{f}text').set('{f}after', '1');

    test('leaves the error in its place, and the others are applied', async () => {
      const results = await new BatchClient(await backend.raw()).exec(failing(), false);
      expect(results).toEqual(['OK', expect.objectContaining({ code: 'REDIS_SERVICE' }), 'OK']);
    });

    test('throws the first error with all replies when raiseOnError is true; nothing is taken back', async () => {
      const client = await backend.raw();
      await client.del('{f}after');
      const error = (await new BatchClient(client).exec(failing(), true).catch((thrown: unknown) => thrown)) as BatchError;
      expect(error).toBeInstanceOf(BatchError);
      expect(error).toMatchObject({ code: 'BATCH', errorIndexes: [1], index: 1, command: 'INCR', results: ['OK', error.cause, 'OK'] });
      expect(await client.get('{f}after')).toBe('1');
    });
  });

  test.each([true, false])('listens to a signal as often for many commands as for a few, atomic %s', async (isAtomic) => {
    const client = new BatchClient(await backend.raw());
    const limits = { timeoutMs: 60_000, signal: new AbortController().signal };
    const added = async (count: number): Promise<number> => {
      const batch = new Batch(isAtomic);
      for (let at = 0; at < count; at += 1) batch.set('{l}a', String(at));
      // With each listener that is added, a signal searches those that it has, so there must not be one for each command.
      const add = jest.spyOn(EventTarget.prototype, 'addEventListener');
      try {
        await client.exec(batch, true, limits);
        return add.mock.calls.length;
      } finally {
        add.mockRestore();
      }
    };

    const few = await added(2);

    expect(few).toBeGreaterThan(0);
    expect(await added(1000)).toBe(few);
  });

  test('runs batches in the order of the calls, atomic or not, with limits or without', async () => {
    const client = new BatchClient(await backend.raw());
    const limits = [{}, { timeoutMs: 60_000 }];
    const kinds = [true, false].flatMap((isAtomic) => limits.map((options) => ({ isAtomic, options })));
    const calls = kinds.flatMap((first) => kinds.flatMap((second) => [first, second]));

    const runs = calls.map(({ isAtomic, options }, call) =>
      client.exec(new Batch(isAtomic).rPush('{order}calls', String(call)), true, options),
    );

    expect(await Promise.all(runs)).toEqual(calls.map((_, call) => [call + 1]));
  });

  test('has atomic batches over any keys of one server', async () => {
    const batch = new Batch(true).set('a', '1').set('b', '2').mGet(['a', 'b']);
    await expect(new BatchClient(await backend.raw()).exec(batch, true)).resolves.toEqual(['OK', 'OK', ['1', '2']]);
  });

  test('refuses an atomic batch as a whole when one command is unknown; one that is not atomic runs the others', async () => {
    const client = await backend.raw();
    const unknown = (isAtomic: boolean) => new Batch(isAtomic).set('{u}a', '1').customCommand(['NOSUCHCOMMAND', '{u}a']);
    const error = (await new BatchClient(client).exec(unknown(true), false).catch((thrown: unknown) => thrown)) as BatchError;
    expect(error).toBeInstanceOf(BatchError);
    expect(error).toMatchObject({ index: 1, errorIndexes: [0, 1], command: 'NOSUCHCOMMAND' });
    const watching = await openClient(backend.url);
    await watching.watch('{u}a');
    await expect(new BatchClient(watching).exec(unknown(true), false)).rejects.toBeInstanceOf(BatchError);
    watching.destroy();
    expect(await client.get('{u}a')).toBeNull();
    expect(await new BatchClient(client).exec(unknown(false), false)).toEqual([
      'OK',
      expect.objectContaining({ command: 'NOSUCHCOMMAND' }),
    ]);
  });

  test('gives null when a key that the caller watches had changed', async () => {
    const [mine, other] = [await openClient(backend.url), await backend.raw()];
    try {
      const batch = new Batch(true).set('{w}a', 'mine');
      await mine.watch('{w}a');
      await other.set('{w}a', 'other');
      expect(await new BatchClient(mine).exec(batch, true)).toBeNull();
      expect(await other.get('{w}a')).toBe('other');
      await mine.watch('{w}a');
      expect(await new BatchClient(mine).exec(batch, true)).toEqual(['OK']);
    } finally {
      mine.destroy();
    }
  });

  test.each(['retryServerError', 'retryConnectionError'] as const)('refuses %s for an atomic batch', async (flag) => {
    const run = new BatchClient(await backend.raw()).exec(new Batch(true).set('a', '1'), true, { retryStrategy: { [flag]: true } });
    await expect(run).rejects.toThrow(TypeError);
  });

  test('takes an atomic batch whose retries are both false', async () => {
    const options = { retryStrategy: { retryServerError: false, retryConnectionError: false } };
    await expect(new BatchClient(await backend.raw()).exec(new Batch(true).set('a', '1'), true, options)).resolves.toEqual(['OK']);
  });

  test.each([undefined, { timeoutMs: 5 }])('refuses %j in the place of raiseOnError, and sends nothing', async (given) => {
    const client = await openClient(backend.url);
    const run = new BatchClient(client).exec(new Batch(false).set('raised', '1'), given as never);
    await expect(run).rejects.toThrow(/takes true or false for raiseOnError, found (nothing|an object)/);
    expect(await client.exists('raised')).toBe(0);
    client.destroy();
  });

  test.each([
    ['random'],
    [null],
    [{ type: 'allPrimaries' }],
    [{ type: 'primarySlotKey' }],
    [{ type: 'primarySlotKey', key: 5 }],
    [{ type: 'primarySlotId', slot: 16_384 }],
    [{ type: 'primarySlotId', slot: '7' }],
    [{ type: 'byAddress', host: '127.0.0.1' }],
  ])('refuses the route %j, and sends nothing', async (given) => {
    const route = given as never;
    const message = /^a route must be .* found (\{ type: |'random'|null)/;
    const batch = (isAtomic: boolean) => new Batch(isAtomic).set('routed', '1');
    const client = await openClient(backend.url);
    await expect(new BatchClient(client).exec(batch(false), false, { route })).rejects.toThrow(message);
    await expect(new BatchClient(client).exec(batch(true), false, { route })).rejects.toThrow(message);
    await expect(new PipelineOperations(client).transact(batch(true), { route })).rejects.toThrow(message);
    expect(await client.exists('routed')).toBe(0);
    client.destroy();
  });

  test('keeps the order of 10,000 commands', async () => {
    const batch = new Batch(false).del('counter');
    for (let n = 0; n < 10_000; n += 1) batch.incr('counter');
    const results = await new BatchClient(await backend.raw()).exec(batch, true);
    expect(results?.slice(1)).toEqual(Array.from({ length: 10_000 }, (_, n) => n + 1));
  });

  test('runs on a pool', async () => {
    const pool = await openPool(backend.url);
    try {
      const runs = Array.from({ length: 20 }, (_, n) =>
        new BatchClient(pool).exec(new Batch(n % 2 === 0).set(`p${n}`, String(n)).get(`p${n}`), true),
      );
      expect(await Promise.all(runs)).toEqual(Array.from({ length: 20 }, (_, n) => ['OK', String(n)]));
    } finally {
      await pool.close();
    }
  });

  describe('on a connection that fails', () => {
    let proxy: TcpProxy;
    let client: OpenClient;

    beforeEach(async () => {
      proxy = await TcpProxy.start(backend.url);
      client = await openClient(proxy.url);
      await (await backend.raw()).del('{k}n');
    });
    afterEach(async () => {
      client.destroy();
      await proxy.close();
    });

    test.each([true, false])(
      'applies a write whose reply was lost once, and says that it may have been applied; atomic %s',
      async (isAtomic) => {
        const cut = proxy.onRequest('INCR', 'cut after');
        const error = (await new BatchClient(client)
          .exec(new Batch(isAtomic).incr('{k}n'), true)
          .catch((thrown: unknown) => thrown)) as BatchConnectionError;
        await cut;
        expect(error).toBeInstanceOf(RedisConnectionError);
        expect(error).toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: true, errorIndexes: [0] });
        await client.ping();
        expect(await client.get('{k}n')).toBe('1');
      },
    );

    test('leaves the lost replies of a batch that is not atomic in their places', async () => {
      void proxy.onRequest('INCR', 'cut after');
      const results = await new BatchClient(client).exec(new Batch(false).get('{k}n').incr('{k}n'), false);
      expect(results).toEqual([expect.any(RedisConnectionError), expect.any(OutcomeUnknownError)]);
    });

    test('sends again what was lost when the caller asks for it', async () => {
      void proxy.onRequest('INCR', 'cut after');
      const options = { retryStrategy: { retryConnectionError: true } };
      await expect(new BatchClient(client).exec(new Batch(false).incr('{k}n'), true, options)).resolves.toEqual([2]);
    });

    test.each([true, false])('gives up when the time is over, and says that it may have been applied; atomic %s', async (isAtomic) => {
      void proxy.onRequest('INCR', 'swallow reply');
      const run = new BatchClient(client).exec(new Batch(isAtomic).incr('{k}n'), false, { timeoutMs: 100 });
      await expect(run).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: true });
    });

    test.each([true, false])('never runs later what was given up before it was sent; atomic %s', async (isAtomic) => {
      await proxy.goAway();
      while (client.isReady) await sleep(5);
      const run = new BatchClient(client).exec(new Batch(isAtomic).incr('{k}n').incr('{k}n'), false, { timeoutMs: 60 });
      await expect(run).rejects.toMatchObject({ maybeApplied: false, errorIndexes: [0, 1] });
      await proxy.comeBack();
      await client.ping();
      expect(await client.get('{k}n')).toBeNull();
    });

    test.each([true, false])('takes replies that have arrived when it is given up before they are read; atomic %s', async (isAtomic) => {
      const giveUp = new AbortController();
      proxy.holdAnswers();
      const run = new BatchClient(client).exec(new Batch(isAtomic).incr('{k}n').get('{k}n'), true, { signal: giveUp.signal });
      while (proxy.heldCount === 0) await sleep(5);
      // This runs in a timer, so the socket is read next, as it is after work that blocked the process beyond the time of the batch.
      proxy.letAnswersGo();
      giveUp.abort();
      await expect(run).resolves.toEqual([1, '1']);
    });

    test.each([{}, { timeoutMs: 10_000 }])('gives null when the connection that watched keys was lost, %j', async (options) => {
      await client.watch('{k}n');
      const ready = new Promise((resolve) => client.once('ready', resolve));
      proxy.cutAll();
      await ready;
      await (await backend.raw()).set('{k}n', '5');
      await expect(new BatchClient(client).exec(new Batch(true).incr('{k}n'), true, options)).resolves.toBeNull();
      expect(await client.get('{k}n')).toBe('5');
    });

    test('gives up when its signal aborts', async () => {
      const sent = proxy.onRequest('GET', 'swallow reply');
      const giveUp = new AbortController();
      const run = new BatchClient(client).exec(new Batch(false).get('{k}n'), false, { signal: giveUp.signal });
      await sent;
      giveUp.abort(new Error('the user left'));
      const results = [{ message: 'GET on "{k}n" got no reply: the signal aborted: the user left' }];
      await expect(run).rejects.toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: false, results });
    });
  });
});
