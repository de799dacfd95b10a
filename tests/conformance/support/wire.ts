import { connect, type Socket } from 'node:net';

/** A reply with its wire type, so that replies of two servers can be compared to the byte. */
export type WireReply =
  | { readonly type: '+' | '-' | ':' | '$' | ',' | '#' | '(' | '='; readonly text: string }
  | { readonly type: '_' | '$-1' | '*-1' }
  | { readonly type: '*' | '~' | '>' | '%'; readonly items: readonly WireReply[] };

/** The server closed the connection; `replies` came before. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';

  constructor(readonly replies: readonly WireReply[]) {
    super(`the connection was lost after ${replies.length} replies`);
  }
}

/** One connection that sends requests as they are and keeps replies as they come. */
export class WireConnection {
  private buffer = '';
  private position = 0;
  private wake: () => void = () => undefined;
  private lost = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.buffer = this.buffer.slice(this.position) + chunk.toString('latin1');
      this.position = 0;
      this.wake();
    });
    const lose = (): void => {
      this.lost = true;
      this.wake();
    };
    socket.on('close', lose);
    socket.on('error', lose);
  }

  static open(port: number): Promise<WireConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new WireConnection(socket));
      });
    });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Sends all requests at once and resolves to as many replies. */
  async exchange(requests: readonly (readonly string[])[]): Promise<WireReply[]> {
    this.socket.write(requests.map(encodeRequest).join(''), 'latin1');
    const replies: WireReply[] = [];
    while (replies.length < requests.length) {
      const reply = this.tryRead();
      if (reply !== undefined) replies.push(reply);
      else if (this.lost) throw new ConnectionLost(replies);
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
    return replies;
  }

  send(request: readonly string[]): void {
    this.socket.write(encodeRequest(request), 'latin1');
  }

  /** All replies that have come so far. */
  drain(): WireReply[] {
    const replies: WireReply[] = [];
    for (let reply = this.tryRead(); reply !== undefined; reply = this.tryRead()) replies.push(reply);
    return replies;
  }

  private tryRead(): WireReply | undefined {
    const start = this.position;
    const reply = this.read();
    if (reply === undefined) this.position = start;
    return reply;
  }

  private line(): string | undefined {
    const end = this.buffer.indexOf('\r\n', this.position);
    if (end === -1) return undefined;
    const line = this.buffer.slice(this.position, end);
    this.position = end + 2;
    return line;
  }

  private read(): WireReply | undefined {
    const line = this.line();
    if (line === undefined) return undefined;
    const [type, rest] = [line.charAt(0), line.slice(1)];
    switch (type) {
      case '$':
      case '=':
        return rest === '-1' ? { type: '$-1' } : this.bulk(type, Number(rest));
      case '*':
      case '~':
      case '>':
        return rest === '-1' ? { type: '*-1' } : this.list(type, Number(rest));
      case '%':
        return this.list(type, Number(rest) * 2);
      case '_':
        return { type: '_' };
      default:
        return { type: type as '+', text: rest };
    }
  }

  private bulk(type: '$' | '=', length: number): WireReply | undefined {
    if (this.buffer.length < this.position + length + 2) return undefined;
    const text = this.buffer.slice(this.position, this.position + length);
    this.position += length + 2;
    return { type, text };
  }

  private list(type: '*' | '~' | '>' | '%', count: number): WireReply | undefined {
    const items: WireReply[] = [];
    for (let index = 0; index < count; index += 1) {
      const item = this.read();
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { type, items };
  }
}

function encodeRequest(args: readonly string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`;
}

/** A reply as text, for messages and for comparison. */
export function showReply(reply: WireReply): string {
  if ('items' in reply) return `${reply.type}[${reply.items.map(showReply).join(' ')}]`;
  return 'text' in reply ? `${reply.type}${JSON.stringify(reply.text)}` : reply.type;
}
