import { typeIs } from '../../command/checks';
import { withGuards, withSeeds, type Check, type Effect, type Operation, type Seed } from '../../command/operation';
import { getOrMake } from '../../memo/get-or-make';
import type { JsonPath } from '../../path/json-path';
import { trailTo, type TrailNode } from './trail';

/** Operations of a queue that were merged into one, with their positions. */
interface CoalescedOperation {
  readonly operation: Operation;
  /** The first of them, which errors name when they are refused. */
  readonly first: Operation;
  readonly positions: readonly number[];
}

/** Operations that will be merged into one: all on one path, or on members of one object that are set together. */
interface Group {
  readonly operations: Operation[];
  readonly positions: number[];
  /** The object whose members are set; undefined when all are on one path. */
  object: JsonPath | undefined;
  /** Whether all operations can be part of one JSON.MERGE. */
  isMergeable: boolean;
}

/** The operations queued at a path and below it; the numbers are positions in the result. */
interface Node extends TrailNode<Node> {
  /** The last group on exactly this path. */
  own: number;
  /** The last group on this path or anywhere below it. */
  last: number;
  /** The group that sets members of this object. */
  members: number;
}

function newNode(): Node {
  return { below: undefined, own: -1, last: -1, members: -1 };
}

/**
 * Reduces operations to fewer with the same effect: increments of one number are summed, appends to one list or text joined, members set in one
 * object merged. Two operations may be merged only if nothing queued between them touches the same place.
 */
export class Coalescer {
  private readonly root = newNode();
  private readonly groups: Group[] = [];
  /** By the text of the path, because most operations of a large commit work on few places. */
  private readonly trails = new Map<string, readonly Node[]>();

  add(operation: Operation, position: number): void {
    const trail = this.trail(operation.path);
    const node = trail[trail.length - 1] as Node;
    const at =
      this.findJoin(operation, trail) ??
      this.findMerge(operation, trail) ??
      this.groups.push({ operations: [], positions: [], object: undefined, isMergeable: true }) - 1;
    const group = this.groups[at] as Group;
    group.operations.push(operation);
    group.positions.push(position);
    group.isMergeable &&= operation.mergeable !== undefined;
    for (const ancestor of trail) if (ancestor.last < at) ancestor.last = at;
    node.own = at;
  }

  result(): CoalescedOperation[] {
    return this.groups.map(({ operations, positions, object }) => ({
      operation: asOne(operations, object),
      first: operations[0] as Operation,
      positions,
    }));
  }

  private trail(path: JsonPath): readonly Node[] {
    return getOrMake(this.trails, path.text, () => trailTo(this.root, path, newNode));
  }

  /** Avoids reading index -1, for which V8 calls into the runtime, taking longer than everything else here. */
  private groupAt(position: number): Group | undefined {
    return position < 0 ? undefined : this.groups[position];
  }

  /** The group of the same kind on the same path, if nothing has touched the place since. */
  private findJoin({ join, path }: Operation, trail: readonly Node[]): number | undefined {
    const { own, last } = trail[trail.length - 1] as Node;
    const group = this.groupAt(own);
    if (join === undefined || group === undefined || group.object !== undefined || last > own || isTouchedAbove(trail, own))
      return undefined;
    const first = group.operations[0] as Operation;
    return first.join?.kind === join.kind && first.path.text === path.text ? own : undefined;
  }

  /** The group that sets other members of the same object, if nothing has touched this member since. */
  private findMerge({ mergeable, path }: Operation, trail: readonly Node[]): number | undefined {
    const parent = trail[trail.length - 2];
    const node = trail[trail.length - 1] as Node;
    if (parent === undefined || mergeable === undefined) return undefined;
    const group = this.groupAt(parent.members);
    if (group?.isMergeable !== true || node.last > parent.members || isTouchedAbove(trail, parent.members)) {
      parent.members = this.groups.length;
      return undefined;
    }
    group.object = path.parent;
    return parent.members;
  }
}

/** Whether something was queued on a higher path after a position. */
function isTouchedAbove(trail: readonly Node[], at: number): boolean {
  for (let index = 0; index < trail.length - 1; index += 1) if ((trail[index] as Node).own > at) return true;
  return false;
}

function asOne(operations: readonly Operation[], object: JsonPath | undefined): Operation {
  const [first] = operations as [Operation];
  if (operations.length === 1) return first;
  const one = (object === undefined ? first.join?.all(operations) : mergeOf(object, operations)) as Operation;
  withGuards(one, guardsOf(operations, object));
  return operations.some(({ seeds }) => seeds !== undefined) ? withSeeds(one, seedsOf(operations)) : one;
}

/** The defaults that the operations need, without duplicates. */
function seedsOf(operations: readonly Operation[]): readonly Seed[] {
  const seeds = new Map<string, Seed>();
  for (const operation of operations)
    for (const seed of operation.seeds ?? []) if (!seeds.has(seed.path.text)) seeds.set(seed.path.text, seed);
  return [...seeds.values()];
}

/**
 * What a later one of the operations expects at their place was put there by an earlier one, so its guards on the place are dropped. So are those on an item whose
 * guard an earlier one has: after that one, the item differs.
 *
 * @param object - The object whose members they set; undefined when all are on one path.
 */
function guardsOf(operations: readonly Operation[], object: JsonPath | undefined): Check[] {
  const [first, ...later] = operations as [Operation, ...Operation[]];
  const guards = [...(first.guards ?? [])];
  const { text } = object ?? first.path;
  const isSettled = ({ path }: Check): boolean =>
    (object === undefined && path.text.startsWith(text)) ||
    (text.startsWith(path.text) && guards.some((earlier) => earlier.path.text === path.text));
  for (const operation of later) for (const guard of operation.guards ?? []) if (!isSettled(guard)) guards.push(guard);
  return guards;
}

function mergeOf(object: JsonPath, operations: readonly Operation[]): Operation {
  const { verb } = operations[0] as Operation;
  const members = new Map<string, Operation>();
  for (const operation of operations) members.set(operation.path.segment as string, operation);
  const effects: Effect[] = [];
  let patch = '';
  for (const [name, operation] of members) {
    patch += `${patch === '' ? '{' : ','}${JSON.stringify(name)}:${operation.mergeable}`;
    effects.push(...operation.effects);
  }
  return {
    verb,
    path: object,
    checks: [typeIs(object, 'object')],
    writes: [{ name: 'JSON.MERGE', args: [object.sent, `${patch}}`] }],
    effects,
    decode: () => true,
  };
}
