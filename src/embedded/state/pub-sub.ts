import { globTest } from './glob';

/** Takes a message that was published. */
export interface Subscriber {
  deliver(kind: 'message' | 'smessage' | 'pmessage', parts: readonly string[]): void;
}

/** Who listens, by channel or pattern; order of subscription is order of delivery. */
export type Subscriptions = Map<string, Set<Subscriber>>;

/** Channels and who listens to them. */
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
