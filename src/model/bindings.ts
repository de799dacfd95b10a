import { NotConnectedError } from '../errors/connection';
import type { Executor } from '../executor/executor';
import type { ModelClass, ModelSchema } from '../schema/model-schema';

/** What a class is bound to. */
export interface Binding {
  readonly executor: Executor;
  readonly isClosed: boolean;
  /** Prefixes of all classes that are bound to it. */
  readonly prefixes: Iterable<string>;
}

const byModel = new WeakMap<ModelClass, Binding>();
const byName = new Map<string, Binding>();

/** Binds a class; the last binding counts. */
export function bindModel(model: ModelClass, binding: Binding): void {
  byModel.set(model, binding);
}

export function nameBinding(name: string, binding: Binding): void {
  byName.set(name, binding);
}

/**
 * The connection of a class.
 *
 * @throws {@link NotConnectedError} it has none, or it was closed.
 */
export function executorOf(schema: ModelSchema): Executor {
  return bindingOf(schema).executor;
}

/** What a class is bound to now. */
export function bindingOf(schema: ModelSchema): Binding {
  const named = schema.connection === undefined ? undefined : byName.get(schema.connection);
  const binding = byModel.get(schema.model) ?? named;
  if (binding === undefined) throw new NotConnectedError(schema.name);
  if (binding.isClosed) throw NotConnectedError.closed(schema.name);
  return binding;
}
