import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineOperations, RedisConnectionError, type CallOptions } from 'redatom/service';
import { openClient, type OpenClient } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { TcpProxy } from '../../support/tcp-proxy';

describeOnEveryServer('limits of evalScript', 'it holds answers back on one connection', (backend) => {
  let proxy: TcpProxy;
  let client: OpenClient;
  beforeAll(async () => {
    proxy = await TcpProxy.start(backend.url);
    client = await openClient(proxy.url);
  });
  afterEach(() => proxy.letAnswersGo());
  afterAll(async () => {
    client.destroy();
    await proxy.close();
  });

  const run = (options?: CallOptions, own?: CallOptions): Promise<unknown> =>
    new PipelineOperations(client, own).evalScript("return redis.call('INCR', KEYS[1])", ['n'], [], options);

  test('end a call when its time is over', async () => {
    proxy.holdAnswers();
    const error = await failureOf(() => run({ timeoutMs: 20 }));

    expect(error).toBeInstanceOf(RedisConnectionError);
    expect(error).toMatchObject({ maybeApplied: true });
  });

  test('end a call when its signal aborts', async () => {
    proxy.holdAnswers();
    const controller = new AbortController();
    const failed = failureOf(() => run({ signal: controller.signal }));
    while (proxy.heldCount === 0) await sleep(1);
    controller.abort(new Error('not needed any more'));

    expect(await failed).toMatchObject({ code: 'BATCH_CONNECTION', maybeApplied: true });
  });

  test('send nothing when the signal has aborted before', async () => {
    const sent = await backend.commandsSent(async () => {
      const error = await failureOf(() => run({ signal: AbortSignal.abort(new Error('not needed')) }));
      expect(error).toMatchObject({ maybeApplied: false });
      expect(error.message).toContain('not needed');
    });

    expect(sent).toEqual([]);
  });

  test('of a call count more than those of its object', async () => {
    const aborted = { signal: AbortSignal.abort() };

    await expect(run({ signal: new AbortController().signal }, aborted)).resolves.toEqual(expect.any(Number));
    await expect(run({ timeoutMs: 60_000, signal: undefined }, aborted)).rejects.toBeInstanceOf(RedisConnectionError);
  });

  test('that are none are refused before anything is sent', async () => {
    const sent = await backend.commandsSent(async () => {
      await expect(run({ timeout: 5 } as never)).rejects.toThrow('evalScript() knows no option "timeout"; it takes signal, timeoutMs');
      await expect(run({ timeoutMs: -1 })).rejects.toThrow('timeoutMs must be a positive number');
      expect(() => new PipelineOperations(client, { timeoutMs: NaN })).toThrow('timeoutMs must be a positive number');
      await expect(run({ signal: 'x' as never })).rejects.toThrow('signal must be an AbortSignal');
    });

    expect(sent).toEqual([]);
  });
});
