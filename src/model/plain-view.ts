import type { Json } from '../codec/codec';
import type { ModelState } from '../field/model-state';

/** Detached plain values of all fields. */
export function toPlainObject(state: ModelState): Record<string, unknown> {
  const stored = state.toStored();
  return Object.fromEntries(state.schema.fields.map(({ name, codec }) => [name, state.decode(codec, stored[name] as Json, name)]));
}
