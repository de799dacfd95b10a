import { getEventListeners } from 'node:events';
import type { OwnSubscriber } from '../../../src/executor/node-redis/client-shapes';
import { connectSubscriber } from '../../../src/executor/clients/link';

/** A connection for messages that is there once `connected` resolves. */
function subscriber(connected: Promise<unknown>): { client: OwnSubscriber; drop: jest.Mock } {
  return { client: { isOpen: true, connect: () => connected } as unknown as OwnSubscriber, drop: jest.fn() };
}

describe('connecting for messages', () => {
  test('leaves no listener at the signal that gives it up, however it ends', async () => {
    const { signal } = new AbortController();

    await connectSubscriber(subscriber(Promise.resolve()), signal);
    await expect(connectSubscriber(subscriber(Promise.reject(new Error('refused'))), signal)).rejects.toThrow('refused');

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('drops a connection that is given up before it is there', () => {
    const controller = new AbortController();
    const { client, drop } = subscriber(new Promise(() => undefined));

    void connectSubscriber({ client, drop }, controller.signal);
    controller.abort();

    expect(drop).toHaveBeenCalledTimes(1);
  });
});
