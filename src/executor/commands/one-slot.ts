import { CrossSlotError } from '../../errors/commit';
import { slotOf } from '../../path/slot';
import type { Argument } from './recorded-command';

/**
 * Refuses keys that one command or step cannot use together.
 *
 * @throws {@link CrossSlotError} they lie in several slots.
 */
export function requireOneSlot(keys: readonly Argument[], what: string): void {
  if (new Set(keys.map(slotOf)).size > 1) throw crossSlot(keys, what);
}

/** @param what - The command or step that would use them. */
export function crossSlot(keys: readonly Argument[], what: string): CrossSlotError {
  const names = [...new Set(keys.map(String))];
  const places = names.map((name) => `${JSON.stringify(name)} in slot ${slotOf(name)}`).join(', ');
  return new CrossSlotError(
    names,
    `${what} needs them in one slot, found ${places}; give them one hash tag, such as "{shop}1", or @Model({ hashTag: 'shop' })`,
    { command: what },
  );
}
