import type { Place } from './evaluate';

/**
 * Orders places so that no deletion moves the places that are deleted after it, and drops places inside other places.
 * Containment is judged by the joined text, as in the server, so `a` also covers `ab`.
 */
export function orderForDeletion(places: readonly Place[]): readonly Place[] {
  if (places.length < 2) return places;
  const ordered = [...places].sort(comparePlaces);
  const joined = ordered.map((place) => place.join(',')).sort();
  return ordered.filter((place) => !isCovered(place.join(','), joined));
}

/** This is the server's binary search, because the result depends on which of several equal texts it meets: a place named twice covers itself. */
function isCovered(text: string, sorted: readonly string[]): boolean {
  let [low, high] = [0, sorted.length];
  let found = 0;
  while (low < high) {
    found = low + ((high - low) >> 1);
    const other = sorted[found] as string;
    if (other === text) break;
    if (other < text) low = found + 1;
    else high = found;
  }
  return sorted.slice(0, found).some((other) => text.startsWith(other));
}

function comparePlaces(left: Place, right: Place): number {
  const shared = Math.min(left.length, right.length);
  for (let depth = 0; depth < shared; depth += 1) {
    const order = compareTokens(String(left[depth]), String(right[depth]));
    if (order !== 0) return order;
  }
  return right.length - left.length;
}

/** Names before indexes, names ascending, indexes descending. */
function compareTokens(left: string, right: string): number {
  const [leftIsIndex, rightIsIndex] = [isIndex(left), isIndex(right)];
  if (leftIsIndex !== rightIsIndex) return leftIsIndex ? 1 : -1;
  if (leftIsIndex) return Number(right) - Number(left);
  return left < right ? -1 : Number(left > right);
}

function isIndex(token: string): boolean {
  return /^\+?\d+$/.test(token);
}
