import type { Executor, Listening } from '../executor/executor';

/** A subscription outlives its last waiter for this long, so that a contended lock does not subscribe again and again. */
const LINGER_MS = 5_000;

interface Subscription {
  readonly listeners: Set<(message: string) => void>;
  readonly ready: Promise<Listening>;
  /** What `ready` resolved to. */
  listening: Listening | undefined;
  expiry: NodeJS.Timeout | undefined;
}

const subscriptions = new WeakMap<Executor, Map<string, Subscription>>();

/** Whether messages of a channel arrive already, because of an earlier waiter. */
export function isListening(executor: Executor, channel: string): boolean {
  return subscriptions.get(executor)?.get(channel)?.listening?.isOpen === true;
}

/** Hears when a lock is freed, until the returned function is called. Resolves when messages can no longer be missed. */
export async function onFreed(executor: Executor, channel: string, listener: (message: string) => void): Promise<() => void> {
  let byChannel = subscriptions.get(executor);
  if (byChannel === undefined) subscriptions.set(executor, (byChannel = new Map<string, Subscription>()));
  let subscription = byChannel.get(channel);
  const isGone = subscription?.listening?.isOpen === false;
  if (subscription === undefined || isGone) byChannel.set(channel, (subscription = open(executor, channel)));
  clearTimeout(subscription.expiry);
  const { listeners, ready } = subscription;
  listeners.add(listener);
  try {
    await ready;
  } catch (error) {
    byChannel.delete(channel);
    throw error;
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) expireLater(byChannel, channel, subscription);
  };
}

function open(executor: Executor, channel: string): Subscription {
  const listeners = new Set<(message: string) => void>();
  const ready = executor.subscribe(channel, (message) => {
    for (const listener of listeners) listener(message);
  });
  const subscription: Subscription = { listeners, ready, listening: undefined, expiry: undefined };
  ready.then(
    (listening) => (subscription.listening = listening),
    () => undefined,
  );
  return subscription;
}

function expireLater(byChannel: Map<string, Subscription>, channel: string, subscription: Subscription): void {
  clearTimeout(subscription.expiry);
  subscription.expiry = setTimeout(() => {
    // Another may have taken its place.
    if (byChannel.get(channel) === subscription) byChannel.delete(channel);
    void subscription.ready.then((listening) => listening.stop());
  }, LINGER_MS);
  subscription.expiry.unref();
}
