import type { Effect, Operation } from '../command/operation';
import type { JsonPath } from '../path/json-path';

/** Places of a document. There may be ten thousand, so overlaps are looked up by the places above them. */
export class Places {
  private readonly own = new Set<string>();
  /** The places above one of them. */
  private readonly around = new Set<string>();

  add(path: JsonPath): void {
    this.own.add(path.text);
    for (let above = path.parent; above !== undefined && !this.around.has(above.text); above = above.parent) this.around.add(above.text);
  }

  /** Whether a place is one of these, or lies above or below one. */
  overlap(path: JsonPath): boolean {
    if (this.around.has(path.text)) return true;
    for (let here: JsonPath | undefined = path; here !== undefined; here = here.parent) if (this.own.has(here.text)) return true;
    return false;
  }
}

/** Whether an operation replaces a value above a place, or moves the place, so that the value stored there before is not the one it will hold. */
export function replacesAround({ effects }: Operation, text: string): boolean {
  return effects.some((effect) => effect.path.text !== text && text.startsWith(effect.path.text) && isReplacing(effect));
}

function isReplacing(effect: Effect): boolean {
  return effect.kind === 'resize' ? effect.shifts : effect.kind === 'set' || effect.kind === 'remove';
}
