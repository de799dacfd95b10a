import { luaFault } from '../../messages';
import { lessThan } from '../operations';
import { isTrue, type LuaTable, type LuaValue } from '../value';
import type { Arguments } from './arguments';

/** The server's own quicksort, step by step: it is not stable, and scripts can see the order of equal items. */
class Sorter {
  constructor(
    private readonly table: LuaTable,
    private readonly isBefore: (left: LuaValue, right: LuaValue) => boolean,
    private readonly args: Arguments,
  ) {}

  sort(from: number, to: number): void {
    let [low, high] = [from, to];
    while (low < high) {
      if (this.orders(low, high)) return;
      const middle = this.partition(low, high);
      if (middle - low < high - middle) {
        this.sort(low, middle - 1);
        low = middle + 1;
      } else {
        this.sort(middle + 1, high);
        high = middle - 1;
      }
    }
  }

  /** Puts the first, the middle and the last item in order; true when there are no others. */
  private orders(low: number, high: number): boolean {
    this.swapIfBefore(high, low);
    if (high - low === 1) return true;
    const middle = (low + high) >> 1;
    if (!this.swapIfBefore(middle, low)) this.swapIfBefore(high, middle);
    return high - low === 2;
  }

  /** Moves smaller items before the middle item and larger ones behind it, and returns where it ends up. */
  private partition(low: number, high: number): number {
    const middle = (low + high) >> 1;
    const pivot = this.table.get(middle);
    this.swap(middle, high - 1);
    let [up, down] = [low, high - 1];
    for (;;) {
      while (this.isBefore(this.table.get((up += 1)), pivot)) this.expectOrder(up <= high);
      while (this.isBefore(pivot, this.table.get((down -= 1)))) this.expectOrder(down >= low);
      if (down < up) break;
      this.swap(up, down);
    }
    this.swap(high - 1, up);
    return up;
  }

  private expectOrder(isOrdered: boolean): void {
    if (!isOrdered) throw this.args.machine.fault(luaFault.invalidOrder);
  }

  private swapIfBefore(right: number, left: number): boolean {
    if (!this.isBefore(this.table.get(right), this.table.get(left))) return false;
    this.swap(right, left);
    return true;
  }

  private swap(left: number, right: number): void {
    const value = this.table.get(left);
    this.table.set(left, this.table.get(right));
    this.table.set(right, value);
  }
}

export function sort(args: Arguments): LuaValue[] {
  const { machine } = args;
  const table = args.table(1);
  if (table.readonly) throw machine.fault(luaFault.readOnlyTable);
  const order = args.all[1] === undefined ? undefined : args.callable(2);
  const isBefore = (left: LuaValue, right: LuaValue): boolean =>
    order === undefined ? machine.unpositioned(() => lessThan(machine, left, right)) : isTrue(order.call([left, right])[0]);
  new Sorter(table, isBefore, args).sort(1, table.length);
  return [];
}
