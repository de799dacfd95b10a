import { AbortError, SocketClosedUnexpectedlyError } from 'redis';
import type { AbortSource, SendOptions } from '../../../src/executor/node-redis/client-shapes';
import { processNow } from './virtual-clock';
import type { World } from './world';

interface Pending {
  readonly args: string[];
  readonly settle: (reply: unknown) => void;
  readonly fail: (error: Error) => void;
}

/** A node-redis client whose requests and replies arrive when the world lets them. */
export class SimulatedClient {
  readonly isOpen = true;
  isReady = true;
  socketEpoch = 1;
  subscriber: SimulatedSubscriber | undefined = undefined;
  private written = new Set<Pending>();
  private unwritten: Pending[] = [];

  constructor(
    private readonly world: World,
    readonly name: string,
  ) {}

  connect = (): Promise<this> => Promise.resolve(this);
  destroy = (): void => undefined;
  close = (): void => undefined;

  duplicate(): SimulatedSubscriber {
    return (this.subscriber = new SimulatedSubscriber(this.world, this.name));
  }

  sendCommand(args: string[], options?: SendOptions): Promise<unknown> {
    // A connection begins with commands without arguments, whose refusals tell which JSON module there is. They come before what is explored.
    if (args.length === 1) return Promise.reject(this.world.server.run<Error>(...args));
    return new Promise((settle, fail) => {
      const pending = { args: [...args], settle, fail };
      this.listen(pending, options?.abortSignal);
      if (this.isReady) this.write(pending);
      else this.unwritten.push(pending);
    });
  }

  /** Requests that were written and not answered fail; unwritten ones wait for the next connection. */
  cut(awayMs: number): void {
    const lost = this.written;
    this.written = new Set();
    this.isReady = false;
    this.world.drop(`>${this.name}`);
    this.world.drop(`<${this.name}`);
    processNow.run(this.name, () => {
      setTimeout(() => this.world.queue(`connection of ${this.name}`, `${this.name} connects again`, () => this.connectAgain()), awayMs);
      for (const { fail } of lost) fail(new SocketClosedUnexpectedlyError());
    });
  }

  private connectAgain(): void {
    this.isReady = true;
    this.socketEpoch += 1;
    for (const pending of this.unwritten.splice(0)) this.write(pending);
  }

  private listen(pending: Pending, signal: AbortSource | undefined): void {
    signal?.addEventListener('abort', () => {
      const position = this.unwritten.indexOf(pending);
      if (position >= 0) this.unwritten.splice(position, 1).forEach(({ fail }) => fail(new AbortError()));
    });
  }

  private write(pending: Pending): void {
    const { world, name, written } = this;
    written.add(pending);
    world.queue(`>${name}`, `${name} asks`, () => {
      const reply = world.server.run(...pending.args);
      // The connection was cut after the request was written.
      if (this.written !== written) return;
      world.queue(`<${name}`, `${name} is answered`, () => {
        written.delete(pending);
        if (reply instanceof Error) pending.fail(reply);
        else pending.settle(reply);
      });
    });
  }
}

type Listener = (message: unknown) => void;

/** A connection for messages. */
export class SimulatedSubscriber {
  isOpen = true;
  private readonly listeners = new Map<string, Listener>();
  private channels = new Set<string>();

  constructor(
    private readonly world: World,
    private readonly name: string,
  ) {}

  on = (): this => this;

  connect(): Promise<void> {
    return this.world.step(`${this.name} opens a connection for messages`);
  }

  destroy(): void {
    this.isOpen = false;
    this.cut();
  }

  close(): void {
    this.destroy();
  }

  async subscribe(channel: string, listener: Listener): Promise<void> {
    this.listeners.set(channel, listener);
    await new Promise<void>((resolve) => this.request('subscribes', () => this.begin(channel, resolve)));
  }

  async unsubscribe(channel: string): Promise<void> {
    this.listeners.delete(channel);
    this.request('unsubscribes', () => this.channels.delete(channel));
  }

  /** The server has published a message. */
  publish(channel: string, message: string): void {
    if (this.channels.has(channel)) this.hear(message, () => this.listeners.get(channel)?.(message));
  }

  /** Messages on their way are lost, and so are those published before it listens again. */
  cut(): void {
    this.channels = new Set();
    this.world.drop(`<messages of ${this.name}`);
    this.request('listens again', () => {
      if (this.isOpen) this.channels = new Set(this.listeners.keys());
    });
  }

  private begin(channel: string, resolve: () => void): void {
    this.channels.add(channel);
    this.hear('that it listens', resolve);
  }

  private request(what: string, happen: () => void): void {
    processNow.run(this.name, () => this.world.queue(`>messages of ${this.name}`, `${this.name} ${what}`, happen));
  }

  private hear(what: string, happen: () => void): void {
    processNow.run(this.name, () => this.world.queue(`<messages of ${this.name}`, `${this.name} hears ${what}`, happen));
  }
}
