import type { SubscriberClient } from '../../../src/executor/node-redis/client-shapes';
import type { Link } from '../../../src/executor/clients/link';
import { Messages } from '../../../src/executor/messages';

describe('messages', () => {
  const subscribe = jest.fn<Promise<void>, Parameters<SubscriberClient['subscribe']>>();
  const unsubscribe = jest.fn<Promise<void>, Parameters<SubscriberClient['unsubscribe']>>();
  const connection = (): SubscriberClient => ({ isOpen: true, subscribe, unsubscribe, close: () => undefined });
  const openSubscriber = jest.fn<Promise<SubscriberClient>, []>();
  let isClosed: boolean;
  let messages: Messages;
  beforeEach(() => {
    subscribe.mockReset().mockResolvedValue();
    unsubscribe.mockReset().mockResolvedValue();
    openSubscriber.mockReset().mockImplementation(() => Promise.resolve(connection()));
    isClosed = false;
    messages = new Messages({ openSubscriber } as unknown as Link, () => isClosed);
  });
  const listen = (): Promise<unknown> => messages.subscribe('news', () => undefined);

  test('come over one connection', async () => {
    await Promise.all([listen(), listen()]);

    expect(openSubscriber).toHaveBeenCalledTimes(1);
  });

  test('come when a connection can be had again', async () => {
    openSubscriber.mockRejectedValueOnce(new Error('refused'));
    await expect(listen()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    await expect(listen()).resolves.toMatchObject({ isOpen: true });
  });

  test('have no connection opened for them after the end', async () => {
    isClosed = true;

    await expect(listen()).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    expect(openSubscriber).not.toHaveBeenCalled();
  });

  test('are not listened to over a connection that is there only after the end', async () => {
    const listening = listen();
    isClosed = true;

    await expect(listening).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });

    expect(subscribe).not.toHaveBeenCalled();
  });

  test('are not listened to where the end came before the server had agreed', async () => {
    subscribe.mockImplementationOnce(() => {
      isClosed = true;
      return Promise.resolve();
    });

    await listen();

    expect(unsubscribe).toHaveBeenCalledTimes(1);
  });

  test('are listened to no longer after the end, also over a connection of the user', async () => {
    await listen();

    await messages.close();

    expect(unsubscribe).toHaveBeenCalledWith('news', subscribe.mock.calls[0]?.[1]);
  });
});
