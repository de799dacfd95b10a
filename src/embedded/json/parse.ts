import { jsonFault } from '../messages';
import { parseNumber } from './parse-number';
import { parseText } from './parse-text';
import { JsonReader } from './reader';
import { JsonArray, JsonObject, type JsonValue } from './value';

const MAX_DEPTH = 127;

/** Parses the first value of the text and ignores what follows it, as the server does for values that it stores. */
export function parseLeading(text: string): JsonValue {
  return new JsonParser(new JsonReader(text)).value();
}

/** Parses text that must be one value and nothing else. */
export function parseExactly(text: string): JsonValue {
  const reader = new JsonReader(text);
  const value = new JsonParser(reader).value();
  reader.expectEnd();
  return value;
}

class JsonParser {
  private depth = 0;

  constructor(private readonly reader: JsonReader) {}

  value(): JsonValue {
    const { reader } = this;
    const code = reader.skipBlanks();
    switch (code) {
      case 0x22:
        reader.index += 1;
        return parseText(reader);
      case 0x7b:
        return this.nested(() => this.object());
      case 0x5b:
        return this.nested(() => this.array());
      case 0x74:
        return this.identifier('true', true);
      case 0x66:
        return this.identifier('false', false);
      case 0x6e:
        return this.identifier('null', null);
      case 0x2d:
        reader.index += 1;
        return parseNumber(reader, true);
      default:
        if (code >= 0x30 && code <= 0x39) return parseNumber(reader, false);
        throw reader.faultAhead(code === -1 ? jsonFault.endInValue : jsonFault.value);
    }
  }

  private nested(read: () => JsonValue): JsonValue {
    if (this.depth >= MAX_DEPTH) throw this.reader.faultAhead(jsonFault.depth);
    this.depth += 1;
    this.reader.index += 1;
    const value = read();
    this.reader.index += 1;
    this.depth -= 1;
    return value;
  }

  private identifier<T extends JsonValue>(word: string, value: T): T {
    const { reader } = this;
    reader.index += 1;
    for (let place = 1; place < word.length; place += 1) {
      const code = reader.next();
      if (code === -1) throw reader.fault(jsonFault.endInValue);
      if (code !== word.charCodeAt(place)) throw reader.fault(jsonFault.identifier);
    }
    return value;
  }

  private array(): JsonArray {
    const array = new JsonArray();
    while (this.hasNextItem(array.items.length === 0)) array.append(this.value());
    return array;
  }

  private hasNextItem(first: boolean): boolean {
    const { reader } = this;
    const code = reader.skipBlanks();
    if (code === 0x5d) return false;
    if (code === -1) throw reader.faultAhead(jsonFault.endInList);
    if (first) return true;
    if (code !== 0x2c) throw reader.faultAhead(jsonFault.listSeparator);
    reader.index += 1;
    const after = reader.skipBlanks();
    if (after === 0x5d) throw reader.faultAhead(jsonFault.trailingComma);
    if (after === -1) throw reader.faultAhead(jsonFault.endInValue);
    return true;
  }

  private object(): JsonObject {
    const object = new JsonObject();
    for (let first = true; this.hasNextName(first); first = false) {
      this.reader.index += 1;
      const name = parseText(this.reader);
      this.colon();
      object.set(name, this.value());
    }
    return object;
  }

  private hasNextName(first: boolean): boolean {
    const { reader } = this;
    const code = reader.skipBlanks();
    if (code === 0x7d) return false;
    if (code === -1) throw reader.faultAhead(jsonFault.endInObject);
    if (first) {
      if (code !== 0x22) throw reader.faultAhead(jsonFault.nameNotText);
      return true;
    }
    if (code !== 0x2c) throw reader.faultAhead(jsonFault.objectSeparator);
    reader.index += 1;
    const after = reader.skipBlanks();
    if (after === 0x22) return true;
    if (after === -1) throw reader.faultAhead(jsonFault.endInValue);
    throw reader.faultAhead(after === 0x7d ? jsonFault.trailingComma : jsonFault.nameNotText);
  }

  private colon(): void {
    const code = this.reader.skipBlanks();
    if (code === -1) throw this.reader.faultAhead(jsonFault.endInObject);
    if (code !== 0x3a) throw this.reader.faultAhead(jsonFault.colon);
    this.reader.index += 1;
  }
}
