import { lengthAtLeast, orNothing, orSeeded, typeIs } from '../command/checks';
import type { Check, Effect, Operation, Write } from '../command/operation';
import { trailTo, type TrailNode } from './trail';

/** What earlier operations of the commit did to a place. */
interface Node extends TrailNode<Node> {
  /** Written by this commit, so its type needs no check on the server. */
  known: boolean;
  /** The default, as JSON text, that it holds if nothing was there. */
  seed: string | undefined;
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
  return { below: undefined, known: false, seed: undefined, changed: false, gained: 0, shifted: false, checked: undefined };
}

/** Checks of more than the kind of value, its form or its place: that a value is known here does not say that they hold. */
const ABOUT_THE_RESULT: ReadonlySet<Check['name']> = new Set(['?range', '?missing']);

/** Whether it held for the local value when the operation was made. */
function isHereAsWell({ name, isNamed }: Check): boolean {
  return !ABOUT_THE_RESULT.has(name) && isNamed !== true;
}

/** What one operation needs: early checks stand before all writes of the commit, since they hold for the stored document; late ones before its own writes. */
export interface PlannedOperation {
  readonly early: readonly Check[];
  readonly late: readonly Check[];
  readonly writes: readonly Write[];
}

/** Decides for each check of a commit whether it can be made before the first write, or what became of it. */
export class Planner {
  private readonly root = newNode();

  plan({ guards = [], checks, writes, effects }: Operation): PlannedOperation {
    const early: Check[] = [];
    const late: Check[] = [];
    for (const check of guards.length === 0 ? checks : [...guards, ...checks]) {
      const placed = this.place(check);
      if (placed !== undefined) (placed.late ? late : early).push(placed.check);
    }
    for (const effect of effects) this.apply(effect);
    return { early, late, writes };
  }

  private place(check: Check): { check: Check; late: boolean } | undefined {
    const trail = trailTo(this.root, check.path, newNode);
    const node = trail[trail.length - 1] as Node;
    if (trail.some(({ known }) => known)) return isHereAsWell(check) ? undefined : { check, late: true };
    // What stands at a position of a list that was resized need not have stood there before the commit, if anything did.
    if (trail.slice(0, -1).some(({ shifted, gained, seed }) => shifted || gained !== 0 || seed !== undefined)) return { check, late: true };
    if (check.name === '?type') return placeType(check, node);
    if (check.name === '?length') return placeLength(check, node);
    if (check.name === '?range' && node.seed !== undefined) return { check: orSeeded(check, node.seed), late: node.changed };
    return { check, late: node.changed || node.seed !== undefined };
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
    } else if (effect.kind === 'seed') node.seed ??= effect.value;
    else if (effect.kind === 'change') node.changed = true;
    else {
      node.below = undefined;
      node.known = effect.kind === 'set';
      node.changed = effect.kind === 'remove';
      node.seed = undefined;
      node.shifted = false;
      node.gained = 0;
      node.checked = undefined;
    }
  }
}

function placeType(check: Check, node: Node): { check: Check; late: boolean } | undefined {
  const [allowed] = check.args;
  if (node.checked === allowed) return undefined;
  node.checked = allowed;
  return { check: node.seed === undefined ? check : orNothing(check), late: false };
}

function placeLength(check: Check, node: Node): { check: Check; late: boolean } | undefined {
  if (node.gained === undefined || node.seed !== undefined) return { check, late: true };
  const min = (check.min ?? 0) - node.gained;
  const early = min > 0 ? lengthAtLeast(check.path, min) : typeIs(check.path, 'list');
  return min > 0 ? { check: early, late: false } : placeType(early, node);
}
