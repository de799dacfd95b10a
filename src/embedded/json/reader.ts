import { jsonFault, jsonFaultAt } from '../messages';

/** JSON text that cannot be parsed; the message carries line and column. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** A position in JSON text, and the two ways in which the server reports a fault there. */
export class JsonReader {
  index = 0;

  constructor(readonly text: string) {}

  /** The byte at the position, or -1 at the end. */
  peek(): number {
    return this.index < this.text.length ? this.text.charCodeAt(this.index) : -1;
  }

  /** Consumes the byte at the position, or returns -1 at the end. */
  next(): number {
    return this.index < this.text.length ? this.text.charCodeAt(this.index++) : -1;
  }

  peekDigit(): number {
    const digit = this.peek() - 48;
    return digit >= 0 && digit <= 9 ? digit : -1;
  }

  /** Consumes blanks, and returns the byte after them without consuming it, or -1 at the end. */
  skipBlanks(): number {
    let code = this.peek();
    while (code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d) {
      this.index += 1;
      code = this.peek();
    }
    return code;
  }

  /** A fault that is reported at the last byte consumed. */
  fault(fault: string): JsonSyntaxError {
    return this.faultBefore(fault, this.index);
  }

  /** A fault that is reported at the next byte. */
  faultAhead(fault: string): JsonSyntaxError {
    return this.faultBefore(fault, Math.min(this.text.length, this.index + 1));
  }

  expectEnd(): void {
    if (this.skipBlanks() !== -1) throw this.faultAhead(jsonFault.trailingCharacters);
  }

  private faultBefore(fault: string, end: number): JsonSyntaxError {
    const before = this.text.slice(0, end);
    const lines = before.split('\n');
    return new JsonSyntaxError(jsonFaultAt(fault, lines.length, lines[lines.length - 1]?.length ?? 0));
  }
}
