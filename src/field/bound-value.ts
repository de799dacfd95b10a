import type { Json } from '../codec/codec';
import { replaceValue, setValue } from '../command/operations/values';
import { typeIs } from '../command/checks';
import { PipelineNeedsReplyError } from '../errors/commit';
import { KeyNotFoundError } from '../errors/document';
import type { CallOptions } from '../executor/executor';
import { promised } from '../executor/promised';
import type { JsonPath } from '../path/json-path';
import { openPipelineOf } from '../scope/dispatch';
import { inTurn, readAtRest } from '../scope/in-turn';
import type { DocumentRoot } from '../scope/document-root';
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

/** Who takes a value that was read, and what its verb resolves to. */
export interface LoadedValue<R> {
  readonly take: (stored: Json) => void;
  readonly result: () => R;
}

/** Reads the stored value at a place, and hands it over as soon as it is there, in the order of the answers. */
export function loadValue<R>(place: ValuePlace, reader: LoadedValue<R>, call?: CallOptions): Promise<R> {
  const { container } = place;
  const { root } = container;
  return promised(() => {
    container.requireReachable();
    return inTurn(root, call, (left) => loadNow(place, reader, left));
  });
}

function loadNow<R>(place: ValuePlace, reader: LoadedValue<R>, call: CallOptions | undefined): Promise<R> {
  const { container, path, check } = place;
  const { take, result } = reader;
  const { root } = container;
  return promised(() => {
    requireNoPipeline(root);
    const facts = { model: root.model, key: root.key, path: path.text };
    const decode = (reply: unknown): R | Promise<R> => {
      if (!root.isSettled) return readAtRest(root, call, (left) => loadNow(place, reader, left));
      requireNoPipeline(root);
      if (reply === null) throw new KeyNotFoundError({ ...facts, path: undefined });
      const [stored] = JSON.parse(reply as string) as Json[];
      if (stored === undefined) throw new KeyNotFoundError(facts);
      try {
        check(stored);
      } catch (error) {
        throw corrupt(error, { model: root.model, key: root.key, path });
      }
      root.forget(path.text);
      take(stored);
      return result();
    };
    return root.executor.execute<R>(
      { args: ['JSON.GET', root.key, path.sent], key: root.key, write: false },
      decode as (reply: unknown) => R,
      call,
    );
  });
}

/** What is stored would take the place of changes that wait for the commit. */
export function requireNoPipeline(root: DocumentRoot): void {
  if (openPipelineOf(root) === undefined) return;
  throw new PipelineNeedsReplyError('load', 'call load() before the pipeline, or read another instance with get()', {
    model: root.model,
    key: root.key,
  });
}

/** Writes the local value of a place. The document must exist. */
export function saveValue<R>({ container, path }: ValuePlace, { stored, result }: SavedValue<R>, call?: CallOptions): Promise<R> {
  const isItem = typeof path.segment === 'number';
  const operation = isItem
    ? replaceValue('save', path, { value: stored, check: typeIs(path, 'something') })
    : setValue('save', path, stored);
  const change = { operations: [operation], result };
  // Whoever saves has waited for the turn.
  return openPipelineOf(container.root) === undefined ? container.actNow(change, call) : container.act(change, call);
}
