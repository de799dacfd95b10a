import { typeIs } from '../../command/checks';
import { withGuards, withSeeds, type Check, type Effect, type Operation, type Seed } from '../../command/operation';
import { getOrMake } from '../../memo/get-or-make';
import type { JsonPath } from '../../path/json-path';
import { trailTo, type TrailNode } from './trail';

/** Operations of a queue that became one, with the positions they had. */
interface CoalescedOperation {
  readonly operation: Operation;
  /** The first of them, which is to blame when they are refused. */
  readonly first: Operation;
  readonly positions: readonly number[];
}

/** Operations that will become one: all on one path, or members of one object to be set together. */
interface Group {
  readonly operations: Operation[];
  readonly positions: number[];
  /** The object whose members are set; undefined when all are on one path. */
  object: JsonPath | undefined;
  /** All of them can be part of one JSON.MERGE. */
  isMergeable: boolean;
}

/** What was queued at a path and below it, by position in the result. */
interface Node extends TrailNode<Node> {
  /** Last group on exactly this path. */
  own: number;
  /** Last group on this path or anywhere below it. */
  last: number;
  /** Group that sets members of this object. */
  members: number;
}

function newNode(): Node {
  return { below: undefined, own: -1, last: -1, members: -1 };
}

/**
 * Makes fewer operations with the same effect: increments of one number are summed, appends to one list or text joined, members set in one object
 * merged. Two operations may only become one when nothing queued between them touches the same place.
 */
export class Coalescer {
  private readonly root = newNode();
  private readonly groups: Group[] = [];
  /** By text of the path: most operations of a large commit work on few places. */
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

  /** V8 asks the runtime for the item at -1, which takes longer than all the rest of this. */
  private groupAt(position: number): Group | undefined {
    return position < 0 ? undefined : this.groups[position];
  }

  /** The group of the same kind on the same path that nothing has touched since. */
  private findJoin({ join, path }: Operation, trail: readonly Node[]): number | undefined {
    const { own, last } = trail[trail.length - 1] as Node;
    const group = this.groupAt(own);
    if (join === undefined || group === undefined || group.object !== undefined || last > own || isTouchedAbove(trail, own))
      return undefined;
    const first = group.operations[0] as Operation;
    return first.join?.kind === join.kind && first.path.text === path.text ? own : undefined;
  }

  /** The group that sets other members of the same object, if this member was not touched since. */
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

/** Whether something was queued on a path above after a position. */
function isTouchedAbove(trail: readonly Node[], at: number): boolean {
  for (let index = 0; index < trail.length - 1; index += 1) if ((trail[index] as Node).own > at) return true;
  return false;
}

function asOne(operations: readonly Operation[], object: JsonPath | undefined): Operation {
  const [first] = operations as [Operation];
  if (operations.length === 1) return first;
  const one = (object === undefined ? first.join?.all(operations) : mergeOf(object, operations)) as Operation;
  withGuards(one, guardsOf(operations, object === undefined ? first.path : undefined));
  return operations.some(({ seeds }) => seeds !== undefined) ? withSeeds(one, seedsOf(operations)) : one;
}

/** What they need to be there, each once. */
function seedsOf(operations: readonly Operation[]): readonly Seed[] {
  const seeds = new Map<string, Seed>();
  for (const operation of operations)
    for (const seed of operation.seeds ?? []) if (!seeds.has(seed.path.text)) seeds.set(seed.path.text, seed);
  return [...seeds.values()];
}

/** @param settled - What a later operation expects of this place is what an earlier one put there. */
function guardsOf(operations: readonly Operation[], settled: JsonPath | undefined): Check[] {
  const guards: Check[] = [];
  for (const operation of operations) {
    if (operation.guards === undefined) continue;
    const isLater = settled !== undefined && operation !== operations[0];
    for (const guard of operation.guards) if (!isLater || !guard.path.text.startsWith(settled.text)) guards.push(guard);
  }
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
