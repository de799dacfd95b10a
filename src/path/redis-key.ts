import { hashTagOf, slotOf } from './slot';

/** Builds the key of a document. */
export function keyOf(prefix: string, pk: string): string {
  return `${prefix}:${pk}`;
}

/** Reads text as a key or a pk: what begins with the prefix and a colon is a key. */
export function toKey(prefix: string, keyOrPk: string): string {
  if (typeof keyOrPk !== 'string') throw new TypeError(`a key or pk is text, found ${String(keyOrPk)}`);
  return keyOrPk.startsWith(`${prefix}:`) ? keyOrPk : keyOf(prefix, keyOrPk);
}

/** The pk in a key. */
export function pkOf(prefix: string, key: string): string {
  return key.slice(prefix.length + 1);
}

/** A key for data about a document which lies in the same slot of a cluster as the document itself. */
export function colocatedKey(key: string, suffix: string): string {
  if (hashTagOf(key) !== undefined) return `${key}${suffix}`;
  if (!key.includes('}') && key !== '') return `{${key}}${suffix}`;
  // No tag can repeat a key that holds a closing brace, so a number with the same slot is looked up.
  const slot = slotOf(key);
  let tag = 0;
  while (slotOf(String(tag)) !== slot) tag += 1;
  return `{${tag}}${key}${suffix}`;
}

/** A pattern for SCAN that matches exactly the keys of one prefix. */
export function scanPattern(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]^-]/g, '\\$&')}:*`;
}
