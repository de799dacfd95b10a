import { flat } from '../sample/sample-user';

const TAKES = 8;
const names: string[][] = [];

/** A name that document number `pick` gets. It differs from take to take, so that no library can leave a write out. */
export function newName(pick: number, index: number): string {
  const takes = (names[pick] ??= Array.from({ length: TAKES }, (_, take) => flat(`renamed number ${pick} take ${take}`)));
  return takes[index % TAKES] as string;
}

/** Which take is the last depends on the order in which calls in flight arrive; the state is compared without it. */
export function withoutTake(name: string): string {
  return name.replace(/ take \d$/, '');
}

const ITEMS = Array.from({ length: 64 }, (_, index) => flat(`item number ${index}`));

/** What operation number `index` appends. */
export function newItem(index: number): string {
  return ITEMS[index % ITEMS.length] as string;
}
