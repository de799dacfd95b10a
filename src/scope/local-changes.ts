import type { Check, Operation } from '../command/operation';
import { getOrMake } from '../memo/get-or-make';
import type { JsonPath, PathSegment } from '../path/json-path';

/** The changes of exactly one place, with the places below it. */
interface Node {
  readonly own: Set<Operation>;
  readonly below: Map<PathSegment, Node>;
}

function newNode(): Node {
  return { own: new Set(), below: new Map() };
}

/** Guards whose changes were sent alone or discarded; a new change needs a guard of its own. */
const goneGuards = new WeakSet<Check>();

/** Whether the guard of an item, added with a local change, is still sent with one. */
export function isWaiting(guard: Check): boolean {
  return !goneGuards.has(guard);
}

/** The number of changes ever added, to any document. */
let added = 0;

/** The numbers of changes that were taken, so that those put back find their place among the others. */
const orders = new WeakMap<Operation, number>();

/**
 * Local changes of a document that no commit has taken, in order. The object itself represents the next commit: guards of list items compare it.
 *
 * There may be ten thousand changes, and each verb asks for those of its own place, so they are indexed by place.
 */
export class LocalChanges implements Iterable<Operation> {
  /** The changes, each with a number that defines the order. */
  private readonly changes = new Map<Operation, number>();
  private isInOrder = true;
  private root: Node | undefined = undefined;

  get length(): number {
    return this.changes.size;
  }

  [Symbol.iterator](): Iterator<Operation> {
    const changes = [...this.changes.keys()];
    return (this.isInOrder ? changes : this.sorted(changes)).values();
  }

  add(change: Operation): void {
    added += 1;
    this.put(change, added);
  }

  /** Puts changes back that were taken and not written. Several writes may fail in any order, so each change returns to the place that it had. */
  putBack(changes: readonly Operation[]): void {
    this.isInOrder = false;
    for (const change of changes) {
      this.put(change, orders.get(change) as number);
      for (const guard of change.guards ?? []) goneGuards.delete(guard);
    }
  }

  /** Adds the changes that another object holds for the same document. */
  merge({ changes }: LocalChanges): void {
    this.isInOrder = false;
    for (const [change, order] of changes) this.put(change, order);
  }

  private put(change: Operation, order: number): void {
    this.changes.set(change, order);
    if (this.root !== undefined) putBelow(this.root, change);
  }

  /** Removes the changes at or below a place, and returns them in order. */
  takeFrom(path: JsonPath): Operation[] {
    const { place } = this.find(path);
    return this.take(place === undefined ? [] : changesIn(place));
  }

  /**
   * Removes the changes at, above or below one of some places, and returns them in order. Changes above a place must follow earlier changes of their
   * own subtree, so these are taken as well.
   */
  takeOverlapping(paths: readonly JsonPath[]): Operation[] {
    if (this.changes.size === 0) return [];
    const overlapping = new Set<Operation>();
    for (const path of paths) {
      const { above, place } = this.find(path);
      if (place !== undefined) for (const change of changesIn(place)) overlapping.add(change);
      for (const node of above) {
        if (node.own.size === 0) continue;
        const last = [...node.own].reduce((latest, change) => Math.max(latest, this.orderOf(change)), -Infinity);
        for (const change of changesIn(node)) if (this.orderOf(change) <= last) overlapping.add(change);
      }
    }
    return this.take(overlapping);
  }

  private orderOf(change: Operation): number {
    return this.changes.get(change) as number;
  }

  private sorted(changes: Operation[]): Operation[] {
    return changes.sort((a, b) => this.orderOf(a) - this.orderOf(b));
  }

  /** The index by place is built on first use. */
  private find(path: JsonPath): { above: Node[]; place: Node | undefined } {
    if (this.root === undefined) {
      this.root = newNode();
      for (const change of this.changes.keys()) putBelow(this.root, change);
    }
    const above: Node[] = [];
    let place: Node | undefined = this.root;
    for (const segment of path.segments()) {
      if (place === undefined) break;
      above.push(place);
      place = place.below.get(segment);
    }
    return { above, place };
  }

  private take(found: Iterable<Operation>): Operation[] {
    const taken = this.sorted([...found]);
    for (const change of taken) {
      orders.set(change, this.orderOf(change));
      this.changes.delete(change);
      remove(this.root as Node, change.path.segments(), change);
      for (const guard of change.guards ?? []) goneGuards.add(guard);
    }
    return taken;
  }
}

function putBelow(root: Node, change: Operation): void {
  let node = root;
  for (const segment of change.path.segments()) node = getOrMake(node.below, segment, newNode);
  node.own.add(change);
}

/** Removes a change, and the places that it leaves empty. */
function remove(node: Node, [segment, ...rest]: readonly PathSegment[], change: Operation): void {
  if (segment === undefined) {
    node.own.delete(change);
    return;
  }
  const child = node.below.get(segment) as Node;
  remove(child, rest, change);
  if (child.own.size === 0 && child.below.size === 0) node.below.delete(segment);
}

function changesIn({ own, below }: Node): Operation[] {
  const changes = [...own];
  for (const node of below.values()) for (const change of changesIn(node)) changes.push(change);
  return changes;
}
