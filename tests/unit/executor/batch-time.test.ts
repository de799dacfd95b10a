import { setImmediate as turn } from 'node:timers/promises';
import { runCommands } from '../../../src/executor/batch/run-batch';
import type { NodeClient } from '../../../src/executor/node-redis/client-shapes';
import { oneServer, type ServerSource } from '../../../src/executor/clients/servers';
import { rawCommand } from '../../../src/executor/commands/raw-command';

const WAITS_LONG = [rawCommand(['BLPOP', 'k', '0'])];
const OFFLINE_MS = 10_000;

describe('the time limit of a batch', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  /** A connection that answers when it is told to. */
  function connection(isReady: boolean): { source: ServerSource; answer: (reply: unknown) => void } {
    let answer: (reply: unknown) => void = () => undefined;
    const client = { isReady, sendCommand: () => new Promise((resolve) => (answer = resolve)) } as unknown as NodeClient;
    const servers = oneServer(() => client);
    const source: ServerSource = {
      hasSlots: false,
      isReady,
      borrow: (work) => work(servers),
      isolate: (_destination, work) => work(client),
    };
    return { source, answer: (reply) => answer(reply) };
  }

  test('is none while the connection is there', async () => {
    const { source, answer } = connection(true);
    const replies = runCommands(source, WAITS_LONG);

    await jest.advanceTimersByTimeAsync(10 * OFFLINE_MS);
    await turn();
    answer(['k', 'v']);

    await expect(replies).resolves.toEqual([['k', 'v']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('leaves no timer', async () => {
    const { source, answer } = connection(true);
    const replies = runCommands(source, WAITS_LONG, { timeoutMs: OFFLINE_MS });
    expect(jest.getTimerCount()).toBe(1);
    answer(['k', 'v']);

    await expect(replies).resolves.toEqual([['k', 'v']]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test.each([
    ['the connection', (source: ServerSource) => source],
    ['the one that a pool lends', (source: ServerSource) => ({ ...source, isReady: true })],
  ])('is that of a connection that is down where %s is', async (_, of) => {
    const ended = runCommands(of(connection(false).source), WAITS_LONG).catch((error: unknown) => error);

    await jest.advanceTimersByTimeAsync(OFFLINE_MS - 1);
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);

    expect(await ended).toMatchObject({ code: 'BATCH_CONNECTION', message: expect.stringContaining(`within ${OFFLINE_MS} ms`) as string });
    expect(jest.getTimerCount()).toBe(0);
  });
});
