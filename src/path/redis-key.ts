import { hashTagOf, slotOf } from './slot';

/** Builds the key of a document. */
export function keyOf(prefix: string, pk: string): string {
  return `${prefix}:${pk}`;
}

/** Reads text as a key or a pk: text that begins with the prefix and a colon is a key. */
export function toKey(prefix: string, keyOrPk: string): string {
  return keyOrPk.startsWith(`${prefix}:`) ? keyOrPk : keyOf(prefix, keyOrPk);
}

/** The pk in a key. */
export function pkOf(prefix: string, key: string): string {
  return key.slice(prefix.length + 1);
}

/** A key for data about a document, in the same slot of a cluster as the document. */
export function colocatedKey(key: string, suffix: string): string {
  if (hashTagOf(key) !== undefined) return `${key}${suffix}`;
  if (!key.includes('}') && key !== '') return `{${key}}${suffix}`;
  // A key that contains a closing brace cannot be a tag, so a number with the same slot is used.
  return `{${leastTagIn(slotOf(key))}}${key}${suffix}`;
}

/** The least number in each slot, computed as far as needed, because computing all of them takes milliseconds. */
const leastTags: (number | undefined)[] = [];
let nextTag = 0;

function leastTagIn(slot: number): number {
  for (; leastTags[slot] === undefined; nextTag += 1) leastTags[slotOf(String(nextTag))] ??= nextTag;
  return leastTags[slot];
}

/** Whether a key could be that of a lock, or of the fence counter, of another document. Such keys contain the tag of that document. */
export function readsLikeLockKey(key: string): boolean {
  return hashTagOf(key) !== undefined && /\/(fence|[^/]*:lock(:waiting)?)$/.test(key);
}

/** A pattern for SCAN that matches exactly the keys of one prefix whose pks begin like this. */
export function scanPattern(prefix: string, pkPrefix: string): string {
  return `${`${prefix}:${pkPrefix}`.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
}
