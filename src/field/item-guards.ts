import type { Json } from '../codec/codec';
import { sameItem } from '../command/checks';
import { withGuards, withSeeds, type Check, type Operation, type Seed } from '../command/operation';
import { seedOf } from '../command/operations/values';
import type { JsonPath, PathSegment } from '../path/json-path';
import { isWaiting } from '../scope/local-changes';
import type { PipelineScope } from '../scope/pipeline-scope';
import type { Container } from './container';

/** What guards need to know of the commit that a change becomes part of. */
export interface CommitOfChange {
  /** Stands for the commit; undefined when nothing else will become part of it. */
  readonly queue: object | undefined;
  /** Local changes that go before this one in the commit. */
  readonly earlier: readonly Operation[];
  /** The pipeline that collects the change. */
  readonly scope: PipelineScope | undefined;
}

/** What guards an item of a list. */
interface Guard {
  /** Stands for the commit that it is part of. */
  readonly queue: object;
  readonly check: Check;
}

/** Guards of items of lists. In a map, because few containers need one and a property would cost all of them memory. */
const guards = new WeakMap<Container, Guard | undefined>();

/**
 * Adds to operations on the contents of a container the checks that the list items on the path are still the same, and the defaults that an older document lacks.
 */
export function guarded(container: Container, operations: readonly Operation[], commit: CommitOfChange): readonly Operation[] {
  if (container.parent === undefined) return operations;
  container.requireReachable();
  const [first, ...rest] = operations;
  if (first === undefined) return operations;
  const checks: Check[] = [];
  const seeds: Seed[] = [];
  for (let at = container; at.parent !== undefined; at = at.parent) {
    const { parent } = at;
    const check = parent.hasPositions ? guardOf(at, commit) : undefined;
    if (check !== undefined) checks.push(check);
    const missing = parent.missingAt(at.segment as PathSegment);
    if (missing !== undefined) seeds.unshift(seedOf(at.path, missing));
  }
  return [withSeeds(withGuards(first, checks), seeds), ...rest];
}

/** The check that an item of a list is still the same; undefined if this commit already checks it. */
function guardOf(item: Container, { queue, earlier, scope }: CommitOfChange): Check | undefined {
  const identity = item.identity();
  if (identity !== undefined) return sameItem(item.path.member(identity.name), item.path, identity.stored);
  // An item without a key is compared as a whole, and would differ after an earlier change of the same commit.
  const guard = guards.get(item);
  const isGuarded = guard !== undefined && isPartOf(guard, item, { queue, earlier });
  const check = isGuarded ? guard.check : sameItem(item.path, item.path, item.toStored('known'));
  if (queue !== undefined && !(isGuarded && guard.queue === queue)) {
    scope?.undoWith(() => guards.set(item, guard));
    guards.set(item, { queue, check });
  }
  return isGuarded ? undefined : check;
}

function isPartOf({ queue, check }: Guard, { root }: Container, commit: Pick<CommitOfChange, 'queue' | 'earlier'>): boolean {
  if (queue === commit.queue) return queue !== root.pending || isWaiting(check);
  return commit.earlier.some(({ guards }) => guards?.includes(check));
}

/** What tells an item of a list from its neighbours. */
export interface ItemIdentity {
  readonly path: JsonPath;
  readonly stored: Json;
}

/** The identities of the list items on the path to a container, where their classes have a key. */
export function identitiesOnTheWayTo(container: Container): ItemIdentity[] {
  const { parent } = container;
  if (parent === undefined) return [];
  const above = identitiesOnTheWayTo(parent);
  const own = parent.hasPositions ? container.identity() : undefined;
  return own === undefined ? above : [...above, { path: container.path.member(own.name), stored: own.stored }];
}
