import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens to a connection when a watched request passes. */
export type Fault =
  /** The request never reaches the server; the connection is cut. */
  | 'cut before'
  /** Half of the request reaches the server; the connection is cut. */
  | 'cut during'
  /** The server runs the request; its reply is thrown away and the connection is cut. */
  | 'cut after'
  /** The same, but the connection is reset, so the error of the socket comes from Node, not from the client. */
  | 'reset after'
  /** The server runs the request and nothing comes back, with the connection open. */
  | 'swallow reply'
  /** The server runs the request; only the first line of its reply comes back. */
  | 'first line'
  /** The server runs the request; its reply, and no other, is held back until `letAnswersGo()`. */
  | 'hold reply'
  /** The request, and everything after it on its connection, reaches the server only after `letRequestsGo()`. */
  | 'hold request';

interface Watch {
  text: string;
  fault: Fault;
  happened: () => void;
}

/** A proxy between a client and a server that cuts connections, and holds data back, when a test says so. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private readonly watches: Watch[] = [];
  private isRefusing = false;
  /** The answers held back by `holdAnswers()`; undefined while answers pass. */
  private heldAnswers: (() => void)[] | undefined = undefined;
  private readonly heldReplies: (() => void)[] = [];
  private heldRequests: (() => void)[] = [];
  private port = 0;

  private constructor(
    private readonly target: URL,
    private readonly listener: Server,
  ) {
    listener.on('connection', (client) => this.accept(client));
  }

  /** Starts a proxy in front of the server of `url`. */
  static async start(url: string): Promise<TcpProxy> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new TcpProxy(new URL(url), listener);
  }

  /** The server's address as seen through the proxy. */
  get url(): string {
    const through = new URL(this.target);
    through.hostname = '127.0.0.1';
    through.port = String((this.listener.address() as AddressInfo).port);
    return through.href;
  }

  get connectionCount(): number {
    return this.pairs.size;
  }

  /** Lets `fault` happen once, to the next request that contains `text`; resolves when it has happened. */
  onRequest(text: string, fault: Fault): Promise<void> {
    return new Promise((happened) => this.watches.push({ text, fault, happened }));
  }

  /** Cuts every connection now. */
  cutAll(): void {
    for (const pair of this.pairs) pair.cut();
  }

  /** New connections are closed at once, until `refuseConnections(false)`. */
  refuseConnections(isRefusing = true): void {
    this.isRefusing = isRefusing;
  }

  /** Cuts every connection and stops listening until `comeBack()`, so that nothing can be written to a new connection. */
  async goAway(): Promise<void> {
    this.port = (this.listener.address() as AddressInfo).port;
    await this.close();
  }

  /** Lets requests pass and holds every answer back, until `letAnswersGo()`. */
  holdAnswers(): void {
    this.heldAnswers ??= [];
  }

  /** How many answers `holdAnswers()` is holding back now. */
  get heldCount(): number {
    return this.heldAnswers?.length ?? 0;
  }

  /** Passes on the answers that were held back, in order, and all that follow. */
  letAnswersGo(): void {
    const held = [...this.heldReplies.splice(0), ...(this.heldAnswers ?? [])];
    this.heldAnswers = undefined;
    for (const pass of held) pass();
  }

  /** Passes on the requests that were held. */
  letRequestsGo(): void {
    const held = this.heldRequests;
    this.heldRequests = [];
    for (const pass of held) pass();
  }

  /** Listens again on the same port. */
  async comeBack(): Promise<void> {
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
  }

  async close(): Promise<void> {
    this.cutAll();
    if (!this.listener.listening) return;
    this.listener.close();
    await once(this.listener, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  private accept(client: Socket): void {
    if (this.isRefusing) {
      client.destroy();
      return;
    }
    const server = createConnection({ host: this.target.hostname, port: Number(this.target.port || 6379) });
    const watchFor = (request: Buffer): Watch | undefined => this.takeWatch(request);
    const deliver = (pass: () => void): void => {
      if (this.heldAnswers === undefined) pass();
      else this.heldAnswers.push(pass);
    };
    const holdReply = (pass: () => void): number => this.heldReplies.push(pass);
    const holdRequest = (pass: () => void): number => this.heldRequests.push(pass);
    const pair = new Pair(client, server, { watchFor, deliver, holdReply, holdRequest });
    this.pairs.add(pair);
    client.once('close', () => this.pairs.delete(pair));
  }

  private takeWatch(request: Buffer): Watch | undefined {
    const index = this.watches.findIndex(({ text }) => request.includes(text));
    return index < 0 ? undefined : this.watches.splice(index, 1)[0];
  }
}

class Pair {
  private fault: Watch | undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly proxy: {
      watchFor(request: Buffer): Watch | undefined;
      deliver(pass: () => void): void;
      holdReply(pass: () => void): void;
      holdRequest(pass: () => void): void;
    },
  ) {
    client.setNoDelay(true);
    server.setNoDelay(true);
    client.on('data', (request: Buffer) => this.forward(request));
    server.on('data', (reply: Buffer) => this.answer(reply));
    for (const socket of [client, server]) {
      socket.on('error', () => this.cut());
      socket.on('close', () => this.cut());
    }
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private forward(request: Buffer): void {
    this.fault ??= this.proxy.watchFor(request);
    if (this.fault?.fault === 'cut before') {
      this.cut();
      this.fault.happened();
      return;
    }
    if (this.fault?.fault === 'cut during') {
      // Data that follows must not pass for the other half.
      this.client.pause();
      this.server.write(request.subarray(0, request.length >> 1), () => this.cut());
      this.fault.happened();
      return;
    }
    if (this.fault?.fault === 'hold request') {
      this.proxy.holdRequest(() => {
        this.fault = undefined;
        this.server.write(request);
      });
      this.fault.happened();
      return;
    }
    this.server.write(request);
  }

  private answer(reply: Buffer): void {
    if (this.fault === undefined || this.fault.fault === 'hold request') {
      this.proxy.deliver(() => this.client.write(reply));
      return;
    }
    const { fault, happened } = this.fault;
    if (fault === 'cut after') this.cut();
    if (fault === 'reset after') this.client.resetAndDestroy();
    if (fault === 'first line') {
      this.client.write(reply.subarray(0, reply.indexOf('\n') + 1));
      // Data that follows must not pass for the rest of the reply.
      this.fault = { ...this.fault, fault: 'swallow reply' };
    }
    if (fault === 'hold reply') {
      this.fault = undefined;
      this.proxy.holdReply(() => this.client.write(reply));
    }
    happened();
  }
}
