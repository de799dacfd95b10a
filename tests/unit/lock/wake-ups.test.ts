import type { Executor, Listening } from '../../../src/executor/executor';
import { isListening, onFreed } from '../../../src/lock/wake-ups';

describe('messages that a lock is free', () => {
  test('are listened to once more by who comes after one who could not', async () => {
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
});
