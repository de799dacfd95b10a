import type { Executor, Listening } from '../../../src/executor/executor';
import { isListening, onFreed } from '../../../src/lock/wake-ups';

describe('messages that a lock is free', () => {
  test('can be listened to by a waiter that comes after one that could not', async () => {
    const refused = new Error('no connection for messages');
    let isOffline = true;
    let tell = (_message: string): void => undefined;
    const subscribe = async (_channel: string, listener: (message: string) => void): Promise<Listening> => {
      if (isOffline) throw refused;
      tell = listener;
      return { isOpen: true, stop: () => undefined };
    };
    const executor = { subscribe } as unknown as Executor;
    const heard: string[] = [];

    await expect(onFreed(executor, 'lock', (message) => heard.push(message))).rejects.toBe(refused);
    isOffline = false;
    const stop = await onFreed(executor, 'lock', (message) => heard.push(message));
    tell('free');
    stop();
    tell('free again');

    expect(heard).toEqual(['free']);
    expect(isListening(executor, 'lock')).toBe(true);
  });

  test('are listened to until all waiters have left, and a little longer', async () => {
    jest.useFakeTimers();
    const stop = jest.fn();
    const executor = { subscribe: async (): Promise<Listening> => ({ isOpen: true, stop }) } as unknown as Executor;
    const [first, second] = [await onFreed(executor, 'lock', () => undefined), await onFreed(executor, 'lock', () => undefined)];

    first();
    jest.advanceTimersByTime(60_000);
    expect([stop.mock.calls.length, isListening(executor, 'lock')]).toEqual([0, true]);
    second();
    expect(isListening(executor, 'lock')).toBe(true);
    jest.advanceTimersByTime(60_000);

    expect([stop.mock.calls.length, isListening(executor, 'lock')]).toEqual([1, undefined]);
    jest.useRealTimers();
  });

  describe('whose connection is gone', () => {
    let connections: { isOpen: boolean; tell(message: string): void; stop: jest.Mock }[];
    let executor: Executor;
    let heard: string[];
    const listenAs = (name: string) => onFreed(executor, 'lock', (message) => heard.push(`${name}: ${message}`));

    beforeEach(() => {
      [connections, heard] = [[], []];
      const subscribe = async (_channel: string, tell: (message: string) => void): Promise<Listening> => {
        const connection = { isOpen: true, tell, stop: jest.fn() };
        connections.push(connection);
        return connection;
      };
      executor = { subscribe } as unknown as Executor;
    });

    test('come over another one to all waiters', async () => {
      const [first] = [await listenAs('first'), await listenAs('second')];
      Object.assign(connections[0] ?? {}, { isOpen: false });
      expect(isListening(executor, 'lock')).toBe(false);

      await listenAs('third');

      expect(isListening(executor, 'lock')).toBe(true);
      connections[1]?.tell('free');
      first();
      connections[1]?.tell('free again');
      const expected = ['first: free', 'second: free', 'third: free', 'second: free again', 'third: free again'];
      expect([heard, connections[0]?.stop.mock.calls.length]).toEqual([expected, 1]);
    });
  });
});
