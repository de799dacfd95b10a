import { jsonFault } from '../messages';
import type { JsonReader } from './reader';

const PLAIN_ESCAPES: Readonly<Record<number, string>> = {
  0x22: '"',
  0x5c: '\\',
  0x2f: '/',
  0x62: '\b',
  0x66: '\f',
  0x6e: '\n',
  0x72: '\r',
  0x74: '\t',
};

/** Parses a string whose opening quote has been consumed, into binary text. */
export function parseText(reader: JsonReader): string {
  const { text } = reader;
  let result = '';
  let start = reader.index;
  for (;;) {
    const code = reader.next();
    if (code === 0x22) return result + text.slice(start, reader.index - 1);
    if (code === -1) throw reader.fault(jsonFault.endInString);
    if (code < 0x20) throw reader.fault(jsonFault.controlCharacter);
    if (code === 0x5c) {
      result += text.slice(start, reader.index - 1) + parseEscape(reader);
      start = reader.index;
    }
  }
}

function parseEscape(reader: JsonReader): string {
  const code = reader.next();
  if (code === -1) throw reader.fault(jsonFault.endInString);
  if (code === 0x75) return parseCodePoint(reader);
  const plain = PLAIN_ESCAPES[code];
  if (plain === undefined) throw reader.fault(jsonFault.escape);
  return plain;
}

function parseCodePoint(reader: JsonReader): string {
  const first = parseHex(reader);
  if (first >= 0xdc00 && first <= 0xdfff) throw reader.fault(jsonFault.loneSurrogate);
  if (first < 0xd800 || first > 0xdbff) return encodeUtf8(String.fromCharCode(first));
  for (const expected of [0x5c, 0x75]) {
    const code = reader.next();
    if (code === -1) throw reader.fault(jsonFault.endInString);
    if (code !== expected) throw reader.fault(jsonFault.endOfHexEscape);
  }
  const second = parseHex(reader);
  if (second < 0xdc00 || second > 0xdfff) throw reader.fault(jsonFault.loneSurrogate);
  return encodeUtf8(String.fromCharCode(first, second));
}

function parseHex(reader: JsonReader): number {
  if (reader.index + 4 > reader.text.length) {
    reader.index = reader.text.length;
    throw reader.fault(jsonFault.endInString);
  }
  let value = 0;
  for (let place = 0; place < 4; place += 1) {
    const digit = hexDigit(reader.next());
    if (digit === -1) throw reader.fault(jsonFault.escape);
    value = value * 16 + digit;
  }
  return value;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function encodeUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
