import type { Executor, Listening } from '../executor/executor';
import { getOrMake } from '../memo/get-or-make';
import { oncePer } from '../memo/once-per';

/** A subscription outlives its last waiter by this time, so that a contended lock does not subscribe again and again. */
const LINGER_MS = 5_000;

/** The listeners of one channel. */
class Subscription {
  readonly listeners = new Set<(message: string) => void>();
  /** The result of `ready`. */
  listening: Listening | undefined = undefined;
  expiry: NodeJS.Timeout | undefined = undefined;
  ready: Promise<Listening>;

  constructor(
    private readonly executor: Executor,
    private readonly channel: string,
  ) {
    this.ready = this.open();
  }

  /** Subscribes over a new connection if the one for messages is gone for good. */
  renewWhenGone(): void {
    if (this.listening?.isOpen !== false) return;
    this.listening.stop();
    this.listening = undefined;
    this.ready = this.open();
  }

  private open(): Promise<Listening> {
    const ready = this.executor.subscribe(this.channel, (message) => {
      for (const listener of this.listeners) listener(message);
    });
    ready.then(
      (listening) => (this.listening = listening),
      () => undefined,
    );
    return ready;
  }
}

const subscriptionsOf = oncePer((_executor: Executor) => new Map<string, Subscription>());

/** Whether messages of a channel arrive: true if an earlier waiter subscribed, false if the connection is gone, undefined if there is no subscription. */
export function isListening(executor: Executor, channel: string): boolean | undefined {
  return subscriptionsOf(executor).get(channel)?.listening?.isOpen;
}

/** Listens for messages that a lock is freed, until the returned function is called. Resolves when messages can no longer be missed. */
export async function onFreed(executor: Executor, channel: string, listener: (message: string) => void): Promise<() => void> {
  const byChannel = subscriptionsOf(executor);
  const subscription = getOrMake(byChannel, channel, () => new Subscription(executor, channel));
  subscription.renewWhenGone();
  clearTimeout(subscription.expiry);
  const { listeners } = subscription;
  listeners.add(listener);
  try {
    await subscription.ready;
  } catch (error) {
    byChannel.delete(channel);
    throw error;
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) expireLater(byChannel, channel, subscription);
  };
}

function expireLater(byChannel: Map<string, Subscription>, channel: string, subscription: Subscription): void {
  clearTimeout(subscription.expiry);
  subscription.expiry = setTimeout(() => {
    // Another subscription may have replaced this one.
    if (byChannel.get(channel) === subscription) byChannel.delete(channel);
    subscription.listening?.stop();
  }, LINGER_MS);
  subscription.expiry.unref();
}
