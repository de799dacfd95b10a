import { RedisConnectionError } from '../errors/connection';
import type { SubscriberClient } from './client-shapes';
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
    // The client takes bytes as it takes text.
    const rest = [String(keys.length), ...keys, ...args] as string[];
    const request: Request = { args: ['EVALSHA', script.sha1, ...rest], key: keys[0], write: true };
    return this.send(request, call).then(decode, (error: unknown) => {
      if (!isUnknownScript(error)) throw toRedatomError(error, request);
      return this.execute({ ...request, args: ['EVAL', script.source, ...rest] }, decode, call);
    });
  }

  private send(request: Request, call: CallOptions | undefined): Promise<unknown> {
    if (call?.timeoutMs === undefined && call?.signal === undefined && this.link.isReady) return this.sendWatched(request);
    const limits = { signal: call?.signal, timeoutMs: call?.timeoutMs ?? (this.link.isReady ? undefined : this.settings.timeoutMs) };
    return sendWithin((sent, options) => this.link.send(sent, options), request, limits);
  }

  private sendWatched(request: Request): Promise<unknown> {
    const { silence } = this;
    const reply = this.link.send(request);
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
      return () => {
        Promise.resolve(subscriber.unsubscribe(channel, heard)).catch(() => undefined);
      };
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
