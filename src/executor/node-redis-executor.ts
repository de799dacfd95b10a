import { RedisConnectionError } from '../errors/connection';
import type { SendOptions, SubscriberClient } from './client-shapes';
import { sendWithin } from './deadline';
import type { CallOptions, Executor, Request, ScriptCall } from './executor';
import type { Link } from './link';
import { SilenceWatch } from './silence';
import { isUnknownScript, toRedatomError } from './reply-errors';
import type { ServerSource } from './servers';

export interface ExecutorSettings {
  /** Longest time a call waits for a connection that is down, in milliseconds. */
  readonly timeoutMs: number;
}

/** Speaks to a server, or to a cluster of them, through a client of node-redis. */
export class NodeRedisExecutor implements Executor {
  private subscriber: Promise<SubscriberClient> | undefined;
  private readonly subscriptions = new Set<() => void>();
  private closed = false;
  private readonly silence: SilenceWatch | undefined;

  constructor(
    private readonly link: Link,
    private readonly settings: ExecutorSettings,
  ) {
    const { restart } = link;
    if (restart !== undefined) this.silence = new SilenceWatch(settings.timeoutMs, restart);
  }

  get hasSlots(): boolean {
    return this.link.hasSlots;
  }

  get servers(): ServerSource {
    return this.link.servers;
  }

  execute<R>(request: Request, decode: (reply: unknown) => R, call?: CallOptions): Promise<R> {
    return this.send(request, call).then(decode, (error: unknown) => {
      throw toRedatomError(error, request);
    });
  }

  evaluate<R>({ script, keys, args }: ScriptCall, decode: (reply: unknown) => R, call?: CallOptions): Promise<R> {
    const rest = [String(keys.length), ...keys, ...args];
    const request: Request = { args: ['EVALSHA', script.sha1, ...rest], key: keys[0], write: true };
    return this.send(request, call).then(decode, (error: unknown) => {
      if (!isUnknownScript(error)) throw toRedatomError(error, request);
      return this.execute({ ...request, args: ['EVAL', script.source, ...rest] }, decode, call);
    });
  }

  private send(request: Request, call: CallOptions | undefined): Promise<unknown> {
    const { isReady } = this.link;
    if (call?.timeoutMs === undefined && call?.signal === undefined && isReady) return this.watched(this.link.send(request));
    const limits = { signal: call?.signal, timeoutMs: call?.timeoutMs ?? (isReady ? undefined : this.settings.timeoutMs) };
    const send = (sent: Request, options: SendOptions): Promise<unknown> => {
      const reply = this.link.send(sent, options);
      return isReady ? this.watched(reply) : reply;
    };
    return sendWithin(send, request, limits);
  }

  /** Also a call that is given up earlier shows that the server is silent. */
  private watched(reply: Promise<unknown>): Promise<unknown> {
    const { silence } = this;
    if (silence === undefined) return reply;
    const end = (): void => {
      silence.end();
    };
    silence.begin();
    reply.then(end, end);
    return reply;
  }

  async subscribe(channel: string, listener: (message: string) => void): Promise<() => void> {
    if (this.closed) throw new RedisConnectionError('the connection is closed');
    this.subscriber ??= this.link.openSubscriber();
    try {
      const subscriber = await this.subscriber;
      const heard = (message: unknown): void => listener(String(message));
      await subscriber.subscribe(channel, heard);
      const stop = (): void => {
        if (this.subscriptions.delete(stop)) subscriber.unsubscribe(channel, heard).catch(() => undefined);
      };
      this.subscriptions.add(stop);
      return stop;
    } catch (error) {
      this.subscriber = undefined;
      throw toRedatomError(error, { args: ['SUBSCRIBE', channel], key: undefined, write: false });
    }
  }

  async *scan(pattern: string, count: number, call?: CallOptions): AsyncGenerator<string[]> {
    for (const primary of await this.link.primaries()) {
      let cursor = '0';
      do {
        const args = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(count), 'TYPE', 'ReJSON-RL'];
        const request: Request = { args, key: undefined, write: false };
        const reply = await sendWithin((_, options) => primary(args, options), request, call ?? {}).catch((error: unknown) => {
          throw toRedatomError(error, request);
        });
        const [next, keys] = reply as [string, string[]];
        cursor = String(next);
        yield keys;
      } while (cursor !== '0');
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const subscriber = await this.subscriber?.catch(() => undefined);
    // Later would be too late where the connection for messages belongs to the user, who may drop it now.
    for (const stop of this.subscriptions) stop();
    await subscriber?.close();
    await this.closeLink();
    this.silence?.stop();
  }

  /** Waits for replies that are due, but not for a server that is gone. */
  private async closeLink(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.link.abandon?.();
        resolve();
      }, this.settings.timeoutMs);
    });
    await Promise.race([this.link.close(), deadline]);
    clearTimeout(timer);
  }
}
