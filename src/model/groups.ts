import { slotOf } from '../path/slot';

/** Positions of keys that one command can name: of one slot in a cluster, and not too many. */
export function groupsOf(keys: readonly string[], { hasSlots, size }: { hasSlots: boolean; size: number }): number[][] {
  const open = new Map<number, number[]>();
  const groups: number[][] = [];
  keys.forEach((key, position) => {
    const slot = hasSlots ? slotOf(key) : 0;
    let group = open.get(slot);
    if (group === undefined || group.length === size) {
      group = [];
      groups.push(group);
      open.set(slot, group);
    }
    group.push(position);
  });
  return groups;
}

/** Like Promise.all, but who hears of a failure finds none of the others still at work. */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
