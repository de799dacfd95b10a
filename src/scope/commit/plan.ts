import { lengthAtLeast, orNothing, orSeeded, typeIs } from '../../command/checks';
import type { Check, Effect, Operation, Seed, Write } from '../../command/operation';
import type { PathSegment } from '../../path/json-path';
import { trailTo, type TrailNode } from './trail';

/** What earlier operations of the commit did to a place. */
interface Node extends TrailNode<Node> {
  /** Written by this commit, so its type needs no check on the server. */
  known: boolean;
  /** The default, as JSON text, that the place holds if it was empty. */
  seed: string | undefined;
  /** Removed by this commit. */
  removed: boolean;
  /** Its value differs from the stored one in a way that only the server knows. */
  changed: boolean;
  /** The number of items that the list has gained; undefined when only the server knows. */
  gained: number | undefined;
  /** Items of the list may have changed their positions. */
  shifted: boolean;
  /** The types that an already planned type check allows here. */
  checked: string | undefined;
}

function newNode(): Node {
  return { below: undefined, known: false, seed: undefined, removed: false, changed: false, gained: 0, shifted: false, checked: undefined };
}

/** Checks that concern more than the kind of a value, its form or its place, so they may fail although the value is known here. */
const ABOUT_THE_RESULT: ReadonlySet<Check['name']> = new Set(['?range', '?missing', '?members']);

/** Whether a check also held for the local value when the operation was made. */
function isHereAsWell({ name, isNamed }: Check): boolean {
  return !ABOUT_THE_RESULT.has(name) && isNamed !== true;
}

/**
 * What one operation needs: early checks, which come before all writes of the commit because they apply to the stored document; then its own steps,
 * in order.
 */
export interface PlannedOperation {
  readonly early: readonly Check[];
  /** Its writes, and the checks before or between them. */
  readonly steps: readonly (Check | Write)[];
}

interface Planning {
  readonly early: Check[];
  readonly steps: (Check | Write)[];
}

/** A check, and whether it must wait until the preceding steps are done. */
interface PlacedCheck {
  readonly check: Check;
  readonly late: boolean;
}

/** Whether a step of an operation is a check. */
export function isCheck(step: Check | Write): step is Check {
  return 'refuse' in step;
}

/** Decides for each check of a commit whether it can be made before the first write, has to come later, or is not needed. */
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
      // After a removal at the end, an appended item takes the position of another one.
      node.shifted ||= effect.shifts || effect.by === undefined || effect.by < 0;
      if (effect.shifts) node.below = undefined;
      node.changed = true;
    } else if (effect.kind === 'change') node.changed = true;
    else {
      // The other notes on the place no longer matter, because readers look at these two first.
      node.below = undefined;
      node.known = effect.kind === 'set';
      node.removed = effect.kind === 'remove';
    }
  }
}

/** Whether the value at a place may not have been there before the commit, because of changes to the places above it. */
function isMovedOrSeeded(trail: readonly Node[], { path }: Check): boolean {
  const node = trail[trail.length - 1] as Node;
  for (let depth = 0; depth < trail.length - 1; depth += 1) {
    const { shifted, gained, removed, seed } = trail[depth] as Node;
    // The item at a position of a resized list may have been elsewhere before.
    if (shifted || gained !== 0 || removed) return true;
    const seeded = seed && partOf(seed, path.segments().slice(depth));
    // Which of several defaults the place gets depends on what is stored.
    if (seeded !== undefined && seeded !== node.seed) return true;
  }
  return false;
}

/** The part of a default at a path, as JSON text; undefined where there is nothing, and null where there can be nothing. */
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

/** Checks that can be decided by the default if an older document lacks the field. */
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
