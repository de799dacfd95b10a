import { getEventListeners } from 'node:events';
import { sendWithin } from '../../../src/executor/outcomes/deadline';
import { onAbort } from '../../../src/async/on-abort';

const REQUEST = { args: ['GET', 'k'], key: 'k', write: false };
const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

describe('a signal that is given to many calls', () => {
  test('has one listener, and none when all have ended', () => {
    const { signal } = new AbortController();

    const stops = Array.from({ length: 50 }, () => onAbort(signal, () => undefined));
    expect(listenersOf(signal)).toBe(1);
    for (const stop of stops) {
      stop();
      stop();
    }

    expect(listenersOf(signal)).toBe(0);
  });

  test('is listened to anew when all have ended', () => {
    const controller = new AbortController();
    const told = jest.fn();
    onAbort(controller.signal, () => undefined)();
    onAbort(controller.signal, told);

    controller.abort();

    expect(told).toHaveBeenCalledTimes(1);
  });

  test('tells those that still listen', () => {
    const controller = new AbortController();
    const told: string[] = [];
    const stop = onAbort(controller.signal, () => told.push('left'));
    onAbort(controller.signal, () => told.push('first'));
    onAbort(controller.signal, () => told.push('second'));
    stop();

    controller.abort();

    expect(told).toEqual(['first', 'second']);
  });

  test('keeps no listener of a call whose time was over', async () => {
    const { signal } = new AbortController();
    const send = (): Promise<never> => new Promise(() => undefined);
    const refuse = (error: unknown): never => {
      throw error;
    };

    for (let call = 0; call < 3; call += 1) {
      const sent = sendWithin({ send }, REQUEST, { limits: { signal, timeoutMs: 2 }, decode: (reply) => reply, refuse });
      await expect(sent).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    }

    expect(listenersOf(signal)).toBe(0);
  });
});
