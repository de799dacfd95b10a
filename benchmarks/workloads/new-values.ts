import { flat } from '../sample/sample-user';

const TAKES = 8;
const names: string[][] = [];

/** A new name for document number `pick`. It differs from take to take, so that no library can skip a write. */
export function newName(pick: number, index: number): string {
  const takes = (names[pick] ??= Array.from({ length: TAKES }, (_, take) => flat(`renamed number ${pick} take ${take}`)));
  return takes[index % TAKES] as string;
}

/** Which take is last depends on the order in which calls in flight arrive, so states are compared without the take. */
export function withoutTake(name: string): string {
  return name.replace(/ take \d$/, '');
}

const ITEMS = Array.from({ length: 64 }, (_, index) => flat(`item number ${index}`));

/** What operation number `index` appends. */
export function newItem(index: number): string {
  return ITEMS[index % ITEMS.length] as string;
}
