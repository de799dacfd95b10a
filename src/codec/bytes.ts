import { isUint8Array } from 'node:util/types';
import { defineCodec, Mismatch, plainOf } from './codec';

const BASE64_GROUP = 4;

/** The number of bytes that a base64 text of whole groups stands for. */
function bytesIn(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / BASE64_GROUP) * 3 - padding;
}

/** Bytes: `Buffer` (a `Uint8Array`) at run time, base64 text in the store. */
export const bytes = defineCodec({
  kind: 'bytes',
  name: 'Uint8Array',
  changesUnseen: true,
  encode: (value) => {
    const plain = plainOf(value);
    if (!isUint8Array(plain)) throw Mismatch.of('a Uint8Array', plain);
    return Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength).toString('base64');
  },
  check: (json) => {
    if (typeof json !== 'string' || json.length % BASE64_GROUP !== 0) throw Mismatch.of('bytes as base64 text', json);
  },
  decode: (json) => {
    const text = json as string;
    const decoded = Buffer.from(text, 'base64');
    // Buffer skips characters that are not base64, so a text that yields too few bytes contains something else.
    if (decoded.length !== bytesIn(text)) throw Mismatch.of('bytes as base64 text', json);
    return decoded;
  },
});
