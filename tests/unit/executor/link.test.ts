import { getEventListeners } from 'node:events';
import type { OwnSubscriber } from '../../../src/executor/node-redis/client-shapes';
import { connectSubscriber } from '../../../src/executor/clients/link';

/** A connection for messages that is there when `connected` is. */
function subscriber(connected: Promise<unknown>): { client: OwnSubscriber; destroy: jest.Mock } {
  const destroy = jest.fn();
  return { client: { isOpen: true, on: () => undefined, connect: () => connected, destroy } as unknown as OwnSubscriber, destroy };
}

describe('connecting for messages', () => {
  test('leaves no listener at the signal that gives it up, however it ends', async () => {
    const { signal } = new AbortController();

    await connectSubscriber(subscriber(Promise.resolve()).client, signal);
    await expect(connectSubscriber(subscriber(Promise.reject(new Error('refused'))).client, signal)).rejects.toThrow('refused');

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('drops a connection that is given up before it is there', () => {
    const controller = new AbortController();
    const { client, destroy } = subscriber(new Promise(() => undefined));

    void connectSubscriber(client, controller.signal);
    controller.abort();

    expect(destroy).toHaveBeenCalledTimes(1);
  });
});
