import type { Effect, Operation } from '../command/operation';
import type { JsonPath } from '../path/json-path';

/** Places of a document. There may be ten thousand, so whether another one overlaps is looked up by the places around it. */
export class Places {
  private readonly own = new Set<string>();
  /** What lies around one of them. */
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

/** Whether an operation gives what lies around a place another value, or moves the place: what is stored there then is not what it will hold. */
export function replacesAround({ effects }: Operation, text: string): boolean {
  return effects.some((effect) => effect.path.text !== text && text.startsWith(effect.path.text) && isReplacing(effect));
}

function isReplacing(effect: Effect): boolean {
  return effect.kind === 'resize' ? effect.shifts : effect.kind === 'set' || effect.kind === 'remove';
}
