import { lengthAtLeast, orNothing, orSeeded, typeIs } from '../command/checks';
import type { Check, Effect, Operation, Seed, Write } from '../command/operation';
import type { PathSegment } from '../path/json-path';
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
const ABOUT_THE_RESULT: ReadonlySet<Check['name']> = new Set(['?range', '?missing']);

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

/** Whether a step of an operation is a check. */
export function isCheck(step: Check | Write): step is Check {
  return 'refuse' in step;
}

/** Decides for each check of a commit whether it can be made before the first write, or what became of it. */
export class Planner {
  private readonly root = newNode();

  plan({ guards, seeds, checks, writes, effects }: Operation): PlannedOperation {
    const early: Check[] = [];
    const steps: (Check | Write)[] = [];
    const add = (check: Check): void => {
      const placed = this.place(check);
      if (placed !== undefined) (placed.late ? steps : early).push(placed.check);
    };
    guards?.forEach(add);
    for (const seed of seeds ?? []) {
      seed.checks.forEach(add);
      this.seed(seed);
      steps.push(seed.write);
    }
    checks.forEach(add);
    for (const effect of effects) this.apply(effect);
    for (const write of writes) steps.push(write);
    return { early, steps };
  }

  private seed({ path, text }: Seed): void {
    const trail = trailTo(this.root, path, newNode);
    const node = trail[trail.length - 1] as Node;
    for (const ancestor of trail.slice(0, -1)) ancestor.changed = true;
    node.seed ??= text;
  }

  private place(check: Check): { check: Check; late: boolean } | undefined {
    const trail = trailTo(this.root, check.path, newNode);
    const node = trail[trail.length - 1] as Node;
    if (trail.some(({ known }) => known)) return isHereAsWell(check) ? undefined : { check, late: true };
    // What stands at a position of a list that was resized need not have stood there before the commit, if anything did.
    if (trail.some(({ removed }) => removed)) return { check, late: true };
    const above = trail.slice(0, -1);
    if (above.some(({ shifted, gained }) => shifted || gained !== 0)) return { check, late: true };
    if (node.seed === undefined && above.some(({ seed }, depth) => holds(seed, check.path.segments().slice(depth))))
      return { check, late: true };
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
      node.below = undefined;
      node.known = effect.kind === 'set';
      node.removed = effect.kind === 'remove';
      node.changed = false;
      node.seed = undefined;
      node.shifted = false;
      node.gained = 0;
      node.checked = undefined;
    }
  }
}

/** Whether there is something on the way down from a default. */
function holds(seed: string | undefined, way: readonly PathSegment[]): boolean {
  if (seed === undefined) return false;
  let value = JSON.parse(seed) as unknown;
  for (const segment of way) value = (value as Record<PathSegment, unknown> | null | undefined)?.[segment];
  return value !== undefined;
}

function placeType(check: Check, node: Node): { check: Check; late: boolean } | undefined {
  const [allowed] = check.args;
  if (node.checked === allowed) return undefined;
  node.checked = allowed;
  return { check: node.seed === undefined ? check : orNothing(check), late: false };
}

/** That of what an older document lacks can be told from the default. */
const OF_SEEDS: ReadonlySet<Check['name']> = new Set(['?range', '?length', '?position']);

function placeOther(check: Check, { seed, changed }: Node): { check: Check; late: boolean } {
  if (seed === undefined) return { check, late: changed };
  return OF_SEEDS.has(check.name) ? { check: orSeeded(check, seed), late: changed } : { check, late: true };
}

function placeLength(check: Check, node: Node): { check: Check; late: boolean } | undefined {
  if (node.seed !== undefined) return placeOther(check, node);
  if (node.gained === undefined) return { check, late: true };
  const min = (check.min ?? 0) - node.gained;
  const early = min > 0 ? lengthAtLeast(check.path, min) : typeIs(check.path, 'list');
  return min > 0 ? { check: early, late: false } : placeType(early, node);
}
