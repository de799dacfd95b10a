import { isStored, Mismatch, STORED, type Codec } from './codec';

const BASE64_GROUP = 4;

/** Bytes: `Buffer` (a `Uint8Array`) at run time, base64 text in the store. */
export const bytes: Codec = {
  kind: 'bytes',
  name: 'Uint8Array',
  nullable: false,
  identity: false,
  opaque: true,
  encode: (value) => {
    if (isStored(value)) return bytes.encode(Buffer.from(value[STORED]() as string, 'base64'));
    if (!(value instanceof Uint8Array)) throw Mismatch.of('a Uint8Array', value);
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  },
  check: (json) => {
    if (typeof json !== 'string' || json.length % BASE64_GROUP !== 0) throw Mismatch.of('bytes as base64 text', json);
  },
  decode: (json) => {
    const text = json as string;
    const decoded = Buffer.from(text, 'base64');
    // Buffer skips what is no base64, so a text that gives too few bytes holds something else.
    if (decoded.length !== Buffer.byteLength(text, 'base64')) throw Mismatch.of('bytes as base64 text', json);
    return decoded;
  },
};
