import { protocolFault } from '../messages';

/** Bytes that are not a request; the connection is closed after the error is sent. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const MAX_BULK = 512 * 1024 * 1024;
const MAX_COUNT = 1024 * 1024;

/** Cuts the bytes of a connection, one per character, into requests. */
export class RequestReader {
  private buffer = '';
  private position = 0;
  private needed = 0;
  private pending: string[] = [];
  private remaining = 0;

  append(chunk: string): void {
    this.buffer = this.position === this.buffer.length ? chunk : this.buffer.slice(this.position) + chunk;
    this.position = 0;
  }

  /** The next complete request, or undefined when more bytes are needed. */
  next(): string[] | undefined {
    if (this.buffer.length - this.position < this.needed) return undefined;
    this.needed = 0;
    while (this.remaining === 0) {
      if (this.position >= this.buffer.length) return undefined;
      if (this.buffer.charCodeAt(this.position) !== 0x2a) {
        const words = this.inline();
        if (words === undefined || words.length > 0) return words;
      } else if (!this.header()) return undefined;
    }
    return this.arguments();
  }

  private line(): string | undefined {
    const end = this.buffer.indexOf('\n', this.position);
    if (end === -1) {
      if (this.buffer.length - this.position > 65_536) throw new ProtocolError(protocolFault.lineTooLong);
      return undefined;
    }
    const stop = this.buffer.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    const line = this.buffer.slice(this.position, stop);
    this.position = end + 1;
    return line;
  }

  private inline(): string[] | undefined {
    return this.line()
      ?.split(/\s+/)
      .filter((word) => word !== '');
  }

  private header(): boolean {
    const line = this.line();
    if (line === undefined) return false;
    const count = Number(line.slice(1));
    if (!/^\*[+-]?\d+$/.test(line) || count > MAX_COUNT) throw new ProtocolError(protocolFault.multibulkLength);
    this.remaining = Math.max(count, 0);
    this.pending = [];
    return true;
  }

  private arguments(): string[] | undefined {
    while (this.remaining > 0) {
      const start = this.position;
      const line = this.line();
      if (line === undefined) return undefined;
      if (line.charCodeAt(0) !== 0x24) throw new ProtocolError(protocolFault.expectedBulk(line.charAt(0)));
      const length = Number(line.slice(1));
      if (!/^\$\d+$/.test(line) || length > MAX_BULK) throw new ProtocolError(protocolFault.bulkLength);
      if (this.buffer.length < this.position + length + 2) {
        this.needed = this.position - start + length + 2;
        this.position = start;
        return undefined;
      }
      this.pending.push(this.buffer.slice(this.position, this.position + length));
      this.position += length + 2;
      this.remaining -= 1;
    }
    return this.pending;
  }
}
