import type { Json } from '../codec/codec';
import { replaceValue, setValue } from '../command/operations/values';
import { typeIs } from '../command/checks';
import { KeyNotFoundError } from '../errors/document';
import type { CallOptions } from '../executor/executor';
import type { JsonPath } from '../path/json-path';
import { corrupt, type Container } from './container';

/** A value at a place: in a container, under a name or position. */
export interface ValuePlace {
  readonly container: Container;
  readonly path: JsonPath;
  /** Throws a mismatch when a stored value does not fit here. */
  readonly check: (stored: unknown) => void;
}

/** A value that is written, and what its verb resolves to. */
export interface SavedValue<R> {
  readonly stored: Json;
  readonly result: () => R;
}

/** Reads the stored value at a place. */
export async function loadValue({ container, path, check }: ValuePlace, call?: CallOptions): Promise<Json> {
  container.requireReachable();
  const { root } = container;
  const facts = { model: root.model, key: root.key, path: path.text };
  const request = { args: ['JSON.GET', root.key, path.text], key: root.key, write: false };
  const text = await root.executor.execute(request, (reply) => reply as string | null, call);
  if (text === null) throw new KeyNotFoundError({ ...facts, path: undefined });
  const [stored] = JSON.parse(text) as Json[];
  if (stored === undefined) throw new KeyNotFoundError(facts);
  try {
    check(stored);
  } catch (error) {
    throw corrupt(error, { model: root.model, key: root.key, path });
  }
  root.forget(path.text);
  return stored;
}

/** Writes the local value of a place. The document must exist. */
export function saveValue<R>({ container, path }: ValuePlace, { stored, result }: SavedValue<R>, call?: CallOptions): Promise<R> {
  const isItem = typeof path.segment === 'number';
  const operation = isItem
    ? replaceValue('save', path, { value: stored, check: typeIs(path, 'something') })
    : setValue('save', path, stored);
  return container.act({ operations: [operation], apply: () => container.root.forget(path.text), result }, call);
}
