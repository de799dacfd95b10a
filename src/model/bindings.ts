import { NotConnectedError } from '../errors/connection';
import type { Executor } from '../executor/executor';
import type { ModelClass, ModelSchema } from '../schema/model-schema';

/** What a class is bound to. */
export interface Binding {
  readonly executor: Executor;
  readonly isClosed: boolean;
  /** Prefixes of all classes that are bound to it. */
  readonly prefixes: Iterable<string>;
  /** Called when a class is used that is bound only by the name of the connection. */
  noteUse(prefix: string): void;
}

/** What remains of a named connection after it was closed: the fact that there was one. */
const CLOSED = { isClosed: true } as const;

type LatestBinding = Binding | typeof CLOSED;

const byModel = new WeakMap<ModelClass, Binding>();
const byName = new Map<string, LatestBinding>();

/** Binds a class; the last binding counts. */
export function bindModel(model: ModelClass, binding: Binding): void {
  byModel.set(model, binding);
}

export function nameBinding(name: string, binding: Binding): void {
  byName.set(name, binding);
}

/** Gives up the name, unless another connection has taken it. */
export function forgetNamed(name: string, binding: Binding): void {
  if (byName.get(name) === binding) byName.set(name, CLOSED);
}

/**
 * What a class is bound to now.
 *
 * @throws {@link NotConnectedError} that is nothing, or it was closed.
 */
export function bindingOf(schema: ModelSchema): Binding {
  const binding = latestBindingOf(schema);
  if (binding === undefined) throw NotConnectedError.unbound(schema.name);
  if (binding.isClosed) throw NotConnectedError.closed(schema.name);
  if (!byModel.has(schema.model)) binding.noteUse(schema.prefix);
  return binding;
}

/**
 * Refuses to go on with a call whose connection was closed: the class may be bound to another database by now.
 *
 * @throws {@link NotConnectedError}
 */
export function requireOpen({ isClosed }: Pick<Binding, 'isClosed'>, { name }: ModelSchema): void {
  if (isClosed) throw NotConnectedError.closed(name);
}

/** What a class was bound to last; may be closed by now. */
function latestBindingOf({ model, connection }: ModelSchema): LatestBinding | undefined {
  return byModel.get(model) ?? (connection === undefined ? undefined : byName.get(connection));
}

/** The other class of the same connection to which a key belongs, by its longer prefix. */
export function strangerPrefix(schema: ModelSchema, key: string): string | undefined {
  const { prefix } = schema;
  // A longer prefix ends at another colon, which few pks have.
  if (!key.includes(':', prefix.length + 1)) return undefined;
  const binding = latestBindingOf(schema);
  if (binding === undefined || binding.isClosed) return undefined;
  return [...binding.prefixes].find((other) => other.startsWith(`${prefix}:`) && key.startsWith(`${other}:`));
}
