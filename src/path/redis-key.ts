import { hashTagOf, slotOf } from './slot';

/** Builds the key of a document. */
export function keyOf(prefix: string, pk: string): string {
  return `${prefix}:${pk}`;
}

/** Reads text as a key or a pk: what begins with the prefix and a colon is a key. */
export function toKey(prefix: string, keyOrPk: string): string {
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
  return `{${leastTagIn(slotOf(key))}}${key}${suffix}`;
}

/** The least number in each slot, as far as numbers have been looked at: to look at all that are needed takes milliseconds. */
const leastTags: (number | undefined)[] = [];
let nextTag = 0;

function leastTagIn(slot: number): number {
  for (; leastTags[slot] === undefined; nextTag += 1) leastTags[slotOf(String(nextTag))] ??= nextTag;
  return leastTags[slot];
}

/** Whether a key could be that of a lock, or of the count of its grants, of another document: such keys have the tag of the document in place. */
export function readsLikeLockKey(key: string): boolean {
  return hashTagOf(key) !== undefined && /\/(fence|[^/]*:lock(:waiting)?)$/.test(key);
}

/** A pattern for SCAN that matches exactly the keys of one prefix whose pks begin like this. */
export function scanPattern(prefix: string, pkPrefix: string): string {
  return `${`${prefix}:${pkPrefix}`.replace(/[\\*?[\]^-]/g, '\\$&')}*`;
}
