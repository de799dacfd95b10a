import { globTest } from './glob';

/** Receives published messages. */
export interface Subscriber {
  deliver(kind: 'message' | 'smessage' | 'pmessage', parts: readonly string[]): void;
}

/** Subscribers by channel or pattern. Messages are delivered in the order of subscription. */
export type Subscriptions = Map<string, Set<Subscriber>>;

/** Channels and patterns with their subscribers. */
export class PubSub {
  readonly channels: Subscriptions = new Map();
  readonly shardChannels: Subscriptions = new Map();
  readonly patterns: Subscriptions = new Map();

  publish(channel: string, message: string): number {
    let receivers = deliver(this.channels.get(channel), 'message', [channel, message]);
    for (const [pattern, subscribers] of this.patterns)
      if (globTest(pattern)(channel)) receivers += deliver(subscribers, 'pmessage', [pattern, channel, message]);
    return receivers;
  }

  publishToShard(channel: string, message: string): number {
    return deliver(this.shardChannels.get(channel), 'smessage', [channel, message]);
  }
}

function deliver(to: Iterable<Subscriber> | undefined, ...message: Parameters<Subscriber['deliver']>): number {
  const subscribers = [...(to ?? [])];
  for (const subscriber of subscribers) subscriber.deliver(...message);
  return subscribers.length;
}
