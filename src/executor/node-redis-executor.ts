import { RedatomError } from '../errors/base';
import { sendWithin, type Receiver } from './outcomes/deadline';
import type { Executor, Listening } from './executor';
import type { DocumentRead, KeyScan, Request, ScriptCall } from './request';
import { type CallOptions, checkedLimits, refuseUnknownLimits } from '../input/call-options';
import { GatheredReads, readRequest } from './gathered-reads';
import { runWithin } from '../async/run-within';
import { softDeadlineOf, type TimeInParts } from '../async/time-left';
import { notSent } from './outcomes/given-up';
import { KnownScripts } from './known-scripts';
import type { NodeClient, SendOptions } from './node-redis/client-shapes';
import type { Link } from './clients/link';
import { Messages } from './messages';
import type { Origin } from './purpose';
import { SilenceWatch } from './outcomes/silence';
import { factsOf, isUnknownScript, toRedatomError } from './outcomes/reply-errors';
import type { Servers, ServerSource } from './clients/servers';

interface ExecutorSettings {
  /** How long a call waits for a connection that is down, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether `timeoutMs` also limits every call without a timeout of its own: the connection is not ours, so nothing else watches it. */
  readonly limitsEachCall?: boolean;
}

/** Makes the client write PING instead of the command. */
function becomePing(args: string[]): true {
  args.splice(0, args.length, 'PING');
  return true;
}

/** Talks to a server or a cluster through a client of node-redis. */
export class NodeRedisExecutor implements Executor {
  isClosed = false;
  private closing: Promise<void> | undefined;
  private readonly lastWork: (() => Promise<unknown>)[] = [];
  private readonly silence: SilenceWatch | undefined;
  /** Commands that fail while this is set were never written. */
  private dropsUnwritten = false;
  private readonly scripts = new KnownScripts();
  private readonly reads: GatheredReads;
  private readonly messages: Messages;

  constructor(
    private readonly link: Link,
    private readonly settings: ExecutorSettings,
  ) {
    this.reads = new GatheredReads({
      isReady: () => link.isReady,
      execute: (request, decode) => this.execute(request, decode),
      failureOf: (request, cause) => this.failureOf(request, cause),
    });
    this.messages = new Messages(link, () => this.isClosed);
    const { restart } = link;
    if (restart !== undefined) this.silence = new SilenceWatch(settings.timeoutMs, () => this.startAnew(restart));
  }

  get hasSlots(): boolean {
    return this.link.servers.hasSlots;
  }

  get database(): number | undefined {
    return this.link.database;
  }

  get keepsOrder(): boolean {
    return this.link.keepsOrder;
  }

  get offlineTimeoutMs(): number | undefined {
    return this.link.isReady ? undefined : this.settings.timeoutMs;
  }

  isReadyFor(key: string): boolean {
    return this.link.isReadyFor?.(key) ?? this.link.isReady;
  }

  get servers(): ServerSource {
    const { link, reads, silence } = this;
    return {
      hasSlots: link.servers.hasSlots,
      get isReady() {
        return link.servers.isReady;
      },
      borrow: (work) => {
        reads.flush();
        return link.servers.borrow((servers) => work(Object.assign(Object.create(servers) as Servers, { silence })));
      },
      isolate: (destination, work, limits) => {
        reads.flush();
        return link.servers.isolate(destination, work, limits);
      },
    };
  }

  execute<R>(request: Request, decode: (reply: unknown) => R, call?: CallOptions): Promise<R> {
    return this.send(request, call, { decode, refuse: (error) => this.fail(request, error) });
  }

  read<R>(read: DocumentRead, decode: (json: string | null) => R, call?: CallOptions): Promise<R> {
    const { link } = this;
    const take = decode as (reply: unknown) => R;
    // In a cluster, the documents may be on several servers.
    if (!link.isReady || link.servers.hasSlots || this.hasLimits(call)) return this.execute(readRequest(read), take, call);
    return this.reads.read(read, take);
  }

  evaluate<R>(
    { script, keys, args, write, model, purpose, onFailure, onLateAnswer }: ScriptCall,
    decode: (reply: unknown) => R,
    call?: CallOptions,
  ): Promise<R> {
    const { link, scripts } = this;
    const { epoch } = link;
    const digest = script.sha1;
    const isKnown = link.isReady && scripts.has(digest, epoch);
    // The client accepts Buffers as well as strings.
    const sent = [isKnown ? 'EVALSHA' : 'EVAL', isKnown ? digest : script.source, String(keys.length), ...keys, ...args] as string[];
    const request: Request = { args: sent, key: keys[0], write: write ?? true, model, purpose, onFailure, onLateAnswer };
    const left = softDeadlineOf(call);
    const take = (reply: unknown): R => {
      if (!isKnown) scripts.add(digest, epoch);
      return decode(reply);
    };
    const refuse = (error: unknown): Promise<R> => {
      if (!isUnknownScript(error)) return this.fail(request, error);
      scripts.clear();
      return this.execute({ ...request, args: ['EVAL', script.source, ...sent.slice(2)] }, decode, left());
    };
    return this.send(request, call, { decode: take, refuse });
  }

  private send<R>(request: Request, call: CallOptions | undefined, { decode, refuse }: Receiver<R>): Promise<R> {
    const { link, silence } = this;
    this.reads.flush();
    if (!link.isReady || this.hasLimits(call)) return this.sendWithin(request, call, { decode, refuse });
    silence?.begin();
    // One more promise in this chain would cost as much as the rest of a small command.
    return link.send(request).then(
      (reply) => {
        silence?.end();
        return decode(reply);
      },
      (error: unknown) => {
        silence?.fail(error);
        return refuse(error);
      },
    );
  }

  private startAnew(restart: () => void): void {
    this.dropsUnwritten = this.link.isCutOff?.() === true;
    restart();
    // A new client counts its epochs from the start.
    this.scripts.clear();
    // Every waiting command has failed by then.
    setImmediate(() => {
      this.dropsUnwritten = false;
    });
  }

  private fail(request: Request, cause: unknown): never {
    const error = this.failureOf(request, cause);
    request.onFailure?.(error);
    throw error;
  }

  private failureOf(request: Request, cause: unknown): RedatomError {
    if (!this.dropsUnwritten || cause instanceof RedatomError) return toRedatomError(cause, request);
    return notSent(factsOf(request, cause), `no connection within ${this.settings.timeoutMs} ms`);
  }

  private hasLimits(call: CallOptions | undefined): boolean {
    if (this.settings.limitsEachCall === true) return true;
    if (call?.timeoutMs !== undefined || call?.signal !== undefined) return true;
    // The options of a call with limits are checked in limitsOf().
    if (call !== undefined) refuseUnknownLimits(call);
    return false;
  }

  private sendWithin<R>(request: Request, call: CallOptions | undefined, { decode, refuse }: Receiver<R>): Promise<R> {
    const { link } = this;
    const silence = this.silenceNow;
    // If the connection stops accepting data, the silence watch drops it together with every waiting command.
    const writesAtOnce = silence !== undefined && call?.signal === undefined;
    // The client gets its own copy of the list, because it reads the list only when it writes.
    const handed: Request = writesAtOnce ? { ...request, args: [...request.args] } : request;
    const takeBack = writesAtOnce ? () => link.isCutOff?.() === true && becomePing(handed.args as string[]) : undefined;
    const sender = { send: (options?: SendOptions) => link.send(handed, options), takeBack, obstacle: link.obstacle, silence };
    return sendWithin(sender, request, { limits: this.limitsOf(call), decode, refuse });
  }

  /** Undefined while there is no connection: a request that waits for one is not waiting for the server. */
  private get silenceNow(): SilenceWatch | undefined {
    return this.link.isReady ? this.silence : undefined;
  }

  private limitsOf(call: CallOptions = {}): CallOptions {
    const { link, settings } = this;
    refuseUnknownLimits(call);
    const isLimited = settings.limitsEachCall === true || !link.isReady;
    const { signal, timeoutMs = isLimited ? settings.timeoutMs : undefined } = checkedLimits(call);
    return { signal, timeoutMs };
  }

  subscribe(channel: string, listener: (message: string) => void): Promise<Listening> {
    return this.messages.subscribe(channel, listener);
  }

  async *scan({ pattern, count, ...origin }: KeyScan, time: TimeInParts): AsyncGenerator<string[]> {
    this.reads.flush();
    for (const primary of await time.run((left) => this.primaries(origin, left))) {
      let cursor = '0';
      do {
        const args = ['SCAN', cursor, 'MATCH', pattern, 'COUNT', String(count), 'TYPE', 'ReJSON-RL'];
        const request: Request = { args, key: undefined, write: false, ...origin };
        const { silenceNow: silence, link } = this;
        const send = (options?: SendOptions): Promise<unknown> => primary?.sendCommand(args, options) ?? link.send(request, options);
        const sender = { send, obstacle: link.obstacle, silence };
        const page = { decode: (reply: unknown) => reply as [string, string[]], refuse: (error: unknown) => this.fail(request, error) };
        const [next, keys] = await time.run((left) => sendWithin(sender, request, { limits: this.limitsOf(left), ...page }));
        cursor = String(next);
        yield keys;
      } while (cursor !== '0');
    }
  }

  /** The primaries of a cluster, to some of which connections may have to be opened; a single undefined stands for the only server. */
  private async primaries(origin: Origin, call: CallOptions | undefined): Promise<readonly (NodeClient | undefined)[]> {
    const { servers } = this.link;
    if (!servers.hasSlots) return [undefined];
    const request: Request = { args: ['SCAN'], key: undefined, write: false, ...origin };
    const refuse = (error: unknown): never => this.fail(request, error);
    const send = (): Promise<NodeClient[]> => servers.borrow((borrowed) => borrowed.primaries());
    return sendWithin({ send }, request, { limits: this.limitsOf(call), decode: (primaries) => primaries as NodeClient[], refuse });
  }

  beforeClose(work: () => Promise<unknown>): void {
    if (this.isClosed) void work();
    else this.lastWork.push(work);
  }

  close(): Promise<void> {
    this.reads.flush();
    this.isClosed = true;
    // Not synchronously, because code that loses its lock through this may call close() as well.
    return (this.closing ??= Promise.resolve().then(() => this.end()));
  }

  private async end(): Promise<void> {
    const ending = this.lastWork.map((work) => work());
    await this.within(Promise.allSettled([this.messages.close(), ...ending]), () => this.messages.abandon());
    await this.within(this.link.close(), () => this.link.abandon?.());
    this.silence?.stop();
  }

  /** Waits for work to finish, and abandons it when the server does not respond in time. */
  private async within(work: Promise<unknown>, abandon: () => void): Promise<void> {
    const { timeoutMs } = this.settings;
    const givenUp = await runWithin({ timeoutMs }, () => work.then(() => undefined));
    if (givenUp !== undefined) abandon();
  }
}
