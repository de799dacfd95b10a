import { RedisConnectionError } from '../errors/connection';
import type { SubscriberClient } from './node-redis/client-shapes';
import type { Link } from './clients/link';
import type { Listening } from './executor';
import { toRedatomError } from './outcomes/reply-errors';

/** Messages of the server. They arrive over a separate connection, which is opened with the first subscription. */
export class Messages {
  private subscriber: Promise<SubscriberClient> | undefined;
  private readonly subscriptions = new Set<() => void>();
  private readonly givenUp = new AbortController();

  /** @param isClosed - Whether new subscriptions are refused. */
  constructor(
    private readonly link: Link,
    private readonly isClosed: () => boolean,
  ) {}

  async subscribe(channel: string, listener: (message: string) => void): Promise<Listening> {
    try {
      const subscriber = await this.open();
      const heard = (message: unknown): void => listener(String(message));
      await subscriber.subscribe(channel, heard);
      const stop = (): void => {
        if (this.subscriptions.delete(stop)) subscriber.unsubscribe(channel, heard).catch(() => undefined);
      };
      this.subscriptions.add(stop);
      if (this.isClosed()) stop();
      return {
        stop,
        get isOpen() {
          return subscriber.isOpen;
        },
      };
    } catch (error) {
      throw toRedatomError(error, { args: ['SUBSCRIBE', channel], key: undefined, write: false });
    }
  }

  /** The existing connection, or a new one if it is gone for good, as happens with a client that does not reconnect. */
  private async open(): Promise<SubscriberClient> {
    this.refuseWhenClosed();
    const opening = (this.subscriber ??= this.link.openSubscriber(this.givenUp.signal));
    const subscriber = await opening.catch((error: unknown) => {
      this.subscriber = undefined;
      throw error;
    });
    this.refuseWhenClosed();
    if (subscriber.isOpen) return subscriber;
    if (this.subscriber === opening) this.subscriber = undefined;
    return this.open();
  }

  private refuseWhenClosed(): void {
    if (this.isClosed()) throw new RedisConnectionError('the connection is closed');
  }

  /** Closes the connection, even one that is still opening. */
  async close(): Promise<void> {
    const subscriber = await this.subscriber?.catch(() => undefined);
    // Before the connection closes, because it may belong to the user, who may drop it right away.
    for (const stop of this.subscriptions) stop();
    await subscriber?.close();
  }

  /** Gives up a connection that is still opening. */
  abandon(): void {
    this.givenUp.abort();
  }
}
