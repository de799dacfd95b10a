import { documentExists, typeIs } from '../command/checks';
import type { Operation } from '../command/operation';
import type { JsonPath, PathSegment } from '../path/json-path';

/** Operations of a queue that became one, with the positions they had. */
export interface CoalescedOperation {
  readonly operation: Operation;
  readonly positions: number[];
}

/** What was queued at a path and below it, by position in the result. */
interface Node {
  readonly below: Map<PathSegment, Node>;
  /** Last operation on exactly this path. */
  own: number;
  /** Last operation on this path or anywhere below it. */
  last: number;
  /** Group of members set in this object by one JSON.MERGE. */
  group: MergeGroup | undefined;
}

interface MergeGroup {
  readonly at: number;
  readonly members: Map<string, Operation>;
}

function newNode(): Node {
  return { below: new Map(), own: -1, last: -1, group: undefined };
}

/**
 * Makes fewer operations with the same effect: increments of one number are summed, appends to one list or text joined, members set in one object
 * merged. Two operations may only become one when nothing queued between them touches the same place.
 */
export class Coalescer {
  private readonly root = newNode();
  private readonly out: CoalescedOperation[] = [];

  add(operation: Operation, position: number): void {
    const lineage = this.lineage(operation.path);
    const node = lineage[lineage.length - 1] as Node;
    const at = this.tryJoin(operation, node, lineage) ?? this.tryMerge(operation, node, lineage) ?? this.append(operation);
    this.out[at]?.positions.push(position);
    for (const ancestor of lineage) ancestor.last = Math.max(ancestor.last, at);
    node.own = Math.max(node.own, at);
  }

  result(): CoalescedOperation[] {
    return this.out;
  }

  private lineage(path: JsonPath): Node[] {
    const nodes = [this.root];
    for (const segment of path.segments()) {
      const parent = nodes[nodes.length - 1] as Node;
      let child = parent.below.get(segment);
      if (child === undefined) parent.below.set(segment, (child = newNode()));
      nodes.push(child);
    }
    return nodes;
  }

  private append(operation: Operation): number {
    return this.out.push({ operation, positions: [] }) - 1;
  }

  private tryJoin(operation: Operation, node: Node, lineage: readonly Node[]): number | undefined {
    const at = node.own;
    const earlier = this.out[at];
    if (earlier === undefined || node.last > at || touchedAbove(lineage, at)) return undefined;
    const joined = earlier.operation.join?.(operation);
    if (joined === undefined || joined.path.text !== earlier.operation.path.text) return undefined;
    this.out[at] = { ...earlier, operation: joined };
    return at;
  }

  private tryMerge(operation: Operation, node: Node, lineage: readonly Node[]): number | undefined {
    const parent = lineage[lineage.length - 2];
    const { mergeable, path } = operation;
    if (parent === undefined || mergeable === undefined || path.parent === undefined) return undefined;
    const { group } = parent;
    if (group === undefined || node.last > group.at || touchedAbove(lineage.slice(0, -1), group.at) || parent.own > group.at) {
      parent.group = { at: this.out.length, members: new Map([[path.segment as string, operation]]) };
      return undefined;
    }
    group.members.set(path.segment as string, operation);
    this.out[group.at] = { operation: mergeOf(path.parent, group.members), positions: this.out[group.at]?.positions ?? [] };
    return group.at;
  }
}

/** Whether something was queued on a path above after a position. */
function touchedAbove(lineage: readonly Node[], at: number): boolean {
  return lineage.slice(0, -1).some((ancestor) => ancestor.own > at);
}

function mergeOf(object: JsonPath, members: ReadonlyMap<string, Operation>): Operation {
  const patch = [...members].map(([name, { mergeable }]) => `${JSON.stringify(name)}:${mergeable}`).join(',');
  const operations = [...members.values()];
  return {
    verb: 'set',
    path: object,
    checks: [object.parent === undefined ? documentExists : typeIs(object, 'object')],
    writes: [{ name: 'JSON.MERGE', path: object.text, args: [`{${patch}}`] }],
    effects: operations.flatMap(({ effects }) => effects),
    decode: () => true,
  };
}
