import { slotOf } from '../../../src/path/slot';

/** The primary that has a key as the cluster starts, by its index. */
export function serverOf(key: Parameters<typeof slotOf>[0]): number {
  return Math.floor(slotOf(key) / 5462);
}
