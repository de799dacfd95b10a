import { slotOf } from '../path/slot';

/** Groups of what one command can name: of one slot in a cluster, and not too many. */
export function groupsOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { hasSlots, size }: { hasSlots: boolean; size: number },
): T[][] {
  const open = new Map<number, T[]>();
  const groups: T[][] = [];
  for (const item of items) {
    const slot = hasSlots ? slotOf(keyOf(item)) : 0;
    let group = open.get(slot);
    if (group === undefined || group.length === size) {
      group = [];
      groups.push(group);
      open.set(slot, group);
    }
    group.push(item);
  }
  return groups;
}

/** Like Promise.all, but rejects only when all promises are settled, so that nothing is still running then. */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
