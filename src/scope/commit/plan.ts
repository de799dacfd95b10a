import { lengthAtLeast, orNothing, orSeeded, typeIs } from '../../command/checks';
import type { Check, Effect, Operation, Seed, Write } from '../../command/operation';
import type { PathSegment } from '../../path/json-path';
import { trailTo, type TrailNode } from './trail';

/** What earlier operations of the commit did to a place. */
interface Node extends TrailNode<Node> {
  /** Written by this commit, so its type needs no check on the server. */
  known: boolean;
  /** The default, as JSON text, that it holds if nothing was there. */
  seed: string | undefined;
  /** Removed by this commit. */
  removed: boolean;
  /** Its value differs from the stored one in a way only the server knows. */
  changed: boolean;
  /** How many items the list has gained; undefined when only the server knows. */
  gained: number | undefined;
  /** Items of the list may stand at other positions than before. */
  shifted: boolean;
  /** A type check of it is planned already. */
  checked: string | undefined;
}

function newNode(): Node {
  return { below: undefined, known: false, seed: undefined, removed: false, changed: false, gained: 0, shifted: false, checked: undefined };
}

/** Checks of more than the kind of value, its form or its place: that a value is known here does not say that they hold. */
const ABOUT_THE_RESULT: ReadonlySet<Check['name']> = new Set(['?range', '?missing', '?members']);

/** Whether it held for the local value when the operation was made. */
function isHereAsWell({ name, isNamed }: Check): boolean {
  return !ABOUT_THE_RESULT.has(name) && isNamed !== true;
}

/** What one operation needs: early checks stand before all writes of the commit, since they hold for the stored document; then its own steps, in order. */
export interface PlannedOperation {
  readonly early: readonly Check[];
  /** Its writes, and checks that stand before or between them. */
  readonly steps: readonly (Check | Write)[];
}

interface Planning {
  readonly early: Check[];
  readonly steps: (Check | Write)[];
}

/** A check, and whether it must wait until the steps before it are done. */
interface PlacedCheck {
  readonly check: Check;
  readonly late: boolean;
}

/** Whether a step of an operation is a check. */
export function isCheck(step: Check | Write): step is Check {
  return 'refuse' in step;
}

/** Decides for each check of a commit whether it can be made before the first write, or what became of it. */
export class Planner {
  private readonly root = newNode();

  plan({ guards, seeds, checks, writes, effects }: Operation): PlannedOperation {
    const planned = { early: [], steps: [] };
    if (guards !== undefined) this.addChecks(guards, planned);
    if (seeds !== undefined) this.addSeeds(seeds, planned);
    this.addChecks(checks, planned);
    for (const effect of effects) this.apply(effect);
    if (planned.steps.length === 0) return { early: planned.early, steps: writes };
    return { early: planned.early, steps: [...planned.steps, ...writes] };
  }

  private addChecks(checks: readonly Check[], { early, steps }: Planning): void {
    for (const check of checks) {
      const placed = this.place(check);
      if (placed !== undefined) (placed.late ? steps : early).push(placed.check);
    }
  }

  private addSeeds(seeds: readonly Seed[], planned: Planning): void {
    for (const seed of seeds) {
      this.addChecks(seed.checks, planned);
      this.seed(seed);
      planned.steps.push(seed.write);
    }
  }

  private seed({ path, text }: Seed): void {
    const trail = trailTo(this.root, path, newNode);
    const node = trail[trail.length - 1] as Node;
    for (const ancestor of trail.slice(0, -1)) ancestor.changed = true;
    node.seed ??= text;
  }

  private place(check: Check): PlacedCheck | undefined {
    const trail = trailTo(this.root, check.path, newNode);
    const node = trail[trail.length - 1] as Node;
    if (trail.some(({ known }) => known)) return isHereAsWell(check) ? undefined : { check, late: true };
    if (node.removed || isMovedOrSeeded(trail, check)) return { check, late: true };
    if (check.name === '?type') return placeType(check, node);
    if (check.name === '?length') return placeLength(check, node);
    return placeOther(check, node);
  }

  private apply(effect: Effect): void {
    const trail = trailTo(this.root, effect.path, newNode);
    const node = trail[trail.length - 1] as Node;
    for (const ancestor of trail.slice(0, -1)) ancestor.changed = true;
    if (effect.kind === 'resize') {
      node.gained = node.gained === undefined || effect.by === undefined ? undefined : node.gained + effect.by;
      // After a removal at the end, what is appended stands where another item stood.
      node.shifted ||= effect.shifts || effect.by === undefined || effect.by < 0;
      if (effect.shifts) node.below = undefined;
      node.changed = true;
    } else if (effect.kind === 'change') node.changed = true;
    else {
      // What else was noted of the place says nothing any more: whoever looks asks for these two first.
      node.below = undefined;
      node.known = effect.kind === 'set';
      node.removed = effect.kind === 'remove';
    }
  }
}

/** Whether what stands at a place need not have stood there before the commit, because of what became of the places above it. */
function isMovedOrSeeded(trail: readonly Node[], { path }: Check): boolean {
  const node = trail[trail.length - 1] as Node;
  for (let depth = 0; depth < trail.length - 1; depth += 1) {
    const { shifted, gained, removed, seed } = trail[depth] as Node;
    // What stands at a position of a list that was resized may have stood elsewhere.
    if (shifted || gained !== 0 || removed) return true;
    const seeded = seed && partOf(seed, path.segments().slice(depth));
    // Which of several defaults it gets depends on what is stored.
    if (seeded !== undefined && seeded !== node.seed) return true;
  }
  return false;
}

/** What a default holds, as JSON text; undefined where there is nothing, and null where there can be nothing. */
function partOf(seed: string, way: readonly PathSegment[]): string | undefined {
  let value = JSON.parse(seed) as unknown;
  for (const segment of way) value = value === null ? null : (value as Record<PathSegment, unknown> | undefined)?.[segment];
  return value === undefined ? undefined : JSON.stringify(value);
}

function placeType(check: Check, node: Node): PlacedCheck | undefined {
  const [allowed] = check.args;
  if (node.checked === allowed) return undefined;
  node.checked = allowed;
  return { check: node.seed === undefined ? check : orNothing(check), late: false };
}

/** That of what an older document lacks can be told from the default. */
const OF_SEEDS: ReadonlySet<Check['name']> = new Set(['?range', '?length', '?position', '?members']);

function placeOther(check: Check, { seed, changed }: Node): PlacedCheck {
  if (seed === undefined) return { check, late: changed };
  return OF_SEEDS.has(check.name) ? { check: orSeeded(check, seed), late: changed } : { check, late: true };
}

function placeLength(check: Check, node: Node): PlacedCheck | undefined {
  if (node.seed !== undefined) return placeOther(check, node);
  if (node.gained === undefined) return { check, late: true };
  const min = (check.min ?? 0) - node.gained;
  const early = min > 0 ? lengthAtLeast(check.path, min) : typeIs(check.path, 'list');
  return min > 0 ? { check: early, late: false } : placeType(early, node);
}
