import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { resetSession } from '../commands/connection';
import { encode } from '../protocol/encode';
import { ErrorReply } from '../protocol/reply';
import { ProtocolError, RequestReader } from '../protocol/request-reader';
import { Session, type Connection } from '../state/session';
import { isSilent, type Dispatcher } from './dispatcher';

/** Accepts the connections of one node. */
export class Listener {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly tcp: Server,
    readonly address: { readonly host: string; readonly port: number },
    private readonly dispatcher: Dispatcher,
  ) {
    tcp.on('connection', (socket) => this.accept(socket));
  }

  /** Listens on an address, where port 0 takes a free one. `dispatcherAt` gets the actual port. */
  static async open(at: Listener['address'], dispatcherAt: (port: number) => Dispatcher): Promise<Listener> {
    const tcp = createServer({ noDelay: true }).listen(at);
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    return new Listener(tcp, { host: at.host, port }, dispatcherAt(port));
  }

  /** Cuts all connections and frees the port. */
  close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.tcp.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    this.sockets.add(socket);
    const output = new Output(socket);
    const session = new Session(output);
    const { dispatcher } = this;
    const { server } = dispatcher;
    session.authenticated = server.password === undefined;
    server.sessions.add(session);
    server.connectionCount += 1;
    const reader = new RequestReader();
    socket.on('data', (chunk) => {
      reader.append(chunk.toString('latin1'));
      serve(dispatcher, { session, reader, output });
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      resetSession(session, server);
      server.sessions.delete(session);
    });
  }
}

interface Served {
  readonly session: Session;
  readonly reader: RequestReader;
  readonly output: Output;
}

function serve(dispatcher: Dispatcher, { session, reader, output }: Served): void {
  output.hold();
  try {
    for (let args = reader.next(); args !== undefined && !session.closing; args = reader.next()) {
      if (args.length === 0) continue;
      const reply = dispatcher.dispatch(session, args);
      if (!isSilent(session, reply)) output.write(encode(reply, session.version));
      if (session.replies === 'skip next') session.replies = 'skip';
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    output.write(encode(new ErrorReply(error.message), 2));
    session.closing = true;
  } finally {
    output.release();
  }
  if (session.closing) output.end();
}

/** Gathers what is written during one turn of the event loop, to send it in one piece. */
class Output implements Connection {
  readonly address: string;
  readonly localAddress: string;
  private held = false;
  private scheduled = false;
  private text = '';

  constructor(private readonly socket: Socket) {
    this.address = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    this.localAddress = `${socket.localAddress ?? ''}:${socket.localPort ?? 0}`;
  }

  write(text: string): void {
    this.text += text;
    if (this.held || this.scheduled) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.flush();
  }

  end(): void {
    this.flush();
    this.socket.end();
  }

  close(): void {
    // The reply to a command that closes its own connection is still sent.
    setImmediate(() => this.socket.destroy());
  }

  private flush(): void {
    if (this.text === '' || this.socket.destroyed) return;
    const { text } = this;
    this.text = '';
    this.socket.write(text, 'latin1');
  }
}
