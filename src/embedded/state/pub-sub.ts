/** Takes a message that was published. */
export interface Subscriber {
  deliver(kind: 'message' | 'smessage' | 'pmessage', parts: readonly string[]): void;
}

/** Channels and who listens to them; order of subscription is order of delivery. */
export class PubSub {
  readonly channels = new Map<string, Set<Subscriber>>();
  readonly shardChannels = new Map<string, Set<Subscriber>>();
  readonly patterns = new Map<string, { readonly test: (channel: string) => boolean; readonly subscribers: Set<Subscriber> }>();

  publish(channel: string, message: string): number {
    let receivers = 0;
    for (const subscriber of this.channels.get(channel) ?? []) {
      subscriber.deliver('message', [channel, message]);
      receivers += 1;
    }
    for (const [pattern, { test, subscribers }] of this.patterns) {
      if (!test(channel)) continue;
      for (const subscriber of subscribers) {
        subscriber.deliver('pmessage', [pattern, channel, message]);
        receivers += 1;
      }
    }
    return receivers;
  }

  publishToShard(channel: string, message: string): number {
    const subscribers = this.shardChannels.get(channel);
    subscribers?.forEach((subscriber) => subscriber.deliver('smessage', [channel, message]));
    return subscribers?.size ?? 0;
  }
}
