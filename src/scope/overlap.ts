import type { Effect, Operation } from '../command/operation';

/** Whether a place is one of some others, or lies above or below one. */
export function overlapsOne(places: ReadonlySet<string>, text: string): boolean {
  for (const place of places) if (text.startsWith(place) || place.startsWith(text)) return true;
  return false;
}

/** Whether an operation gives what lies around a place another value, or moves the place: what is stored there then is not what it will hold. */
export function replacesAround({ effects }: Operation, text: string): boolean {
  return effects.some((effect) => effect.path.text !== text && text.startsWith(effect.path.text) && isReplacing(effect));
}

function isReplacing(effect: Effect): boolean {
  return effect.kind === 'resize' ? effect.shifts : effect.kind === 'set' || effect.kind === 'remove';
}
