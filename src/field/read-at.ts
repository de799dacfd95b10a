import { isPlainObject, Mismatch, type Codec, type Json, type JsonObject } from '../codec/codec';
import { forEachPart } from '../codec/problems';
import { KeyNotFoundError, PathMismatchError } from '../errors/document';
import { softDeadlineOf } from '../async/time-left';
import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import { readAndTouch } from '../lua/catalog.generated';
import type { JsonPath, PathSegment } from '../path/json-path';
import { requireNoPipeline } from '../scope/outside-pipeline';
import type { Container } from './container';
import type { DictState } from './dict-state';
import { requireName } from './dict-changes';
import { requireWhole } from './list-arguments';
import type { ListState } from './list-state';
import { corrupt } from './misfits';
import { storedTypeAt } from './stored-type';

/** A call of a verb that reads a part of an unread document. */
class Reading {
  private readonly left: () => CallOptions | undefined;

  constructor(
    private readonly verb: string,
    readonly at: Container,
    call: CallOptions | undefined,
  ) {
    requireNoPipeline(at, verb, 'call it before the pipeline');
    at.requireReachable();
    refuseWrongLimits(call);
    this.left = softDeadlineOf(call);
  }

  /** The stored values at each of several paths. Restarts the time to live if the class says so (`refreshTtl: 'onUse'`). */
  async get(paths: readonly string[]): Promise<Json[][]> {
    const { key, schema, executor } = this.at.root;
    const { name: model, refreshTtl, ttlMs } = schema;
    const facts = { write: false, model, purpose: this.purpose } as const;
    const touches = refreshTtl === 'onUse' && ttlMs !== undefined;
    const reply = await (touches
      ? executor.evaluate({ ...facts, script: readAndTouch, keys: [key], args: [String(ttlMs), ...paths] }, asItIs, this.left())
      : executor.execute({ ...facts, args: ['JSON.GET', key, ...paths], key }, asItIs, this.left()));
    if (reply === null) throw new KeyNotFoundError(this.facts());
    const found = JSON.parse(reply as string) as Json[] | Record<string, Json[]>;
    return Array.isArray(found) ? [found] : paths.map((path) => found[path] as Json[]);
  }

  /** What a command answers about the list or the object itself, or what `ofDefault` makes of the default that stands for it. */
  async ask<R>(command: string, { expected, ofDefault }: { expected: 'array' | 'object'; ofDefault: (standIn: Json) => R }): Promise<R> {
    const { key, model, executor } = this.at.root;
    const request = { args: [command, key, this.at.path.sent], key, write: false, model, purpose: this.purpose };
    for (;;) {
      // Empty where nothing is stored, and null for a value of another type.
      const [answer] = [await executor.execute(request, asItIs, this.left())].flat();
      if (answer !== undefined && answer !== null) return answer as R;
      const standIn = await this.standIn(this.at, expected);
      // Otherwise another writer has stored it meanwhile.
      if (standIn !== undefined) return ofDefault(standIn);
    }
  }

  /**
   * The default that stands for a list or an object of which nothing is stored; undefined if it is stored.
   *
   * @throws {@link PathMismatchError} something else is stored, or nothing, and there is no such default.
   */
  async standIn(container: Container = this.at, expected: 'array' | 'object' = 'object'): Promise<Json | undefined> {
    const { root, path, parent, segment } = container;
    const found = await storedTypeAt(root, { path, purpose: this.purpose }, this.left());
    if (found === expected) return undefined;
    const isMissing = found === 'nothing';
    if (isMissing && parent === undefined) throw new KeyNotFoundError(this.facts());
    const initial = isMissing && parent !== undefined ? defaultIn(parent, segment as string, await this.standIn(parent)) : undefined;
    if (expected === 'array' ? Array.isArray(initial) : isPlainObject(initial)) return initial;
    const words = expected === 'array' ? 'a list' : 'an object';
    throw new PathMismatchError(words, initial === null ? 'null' : found, this.facts(path));
  }

  facts(path?: JsonPath): { model: string; key: string; path: string | undefined; command: string } {
    const { key, model } = this.at.root;
    return { model, key, path: path?.text, command: this.verb };
  }

  /** Converts stored values of this container to plain data. The error lists all that do not fit. */
  plain(stored: Iterable<readonly [PathSegment, Json | undefined]>): unknown[] {
    const { key, model } = this.at.root;
    const out: unknown[] = [];
    try {
      forEachPart(stored, (value, segment) => out.push(plainIn(this.at.codecAt(segment), value)));
    } catch (error) {
      throw corrupt(error, { model, key, path: this.at.path, command: this.verb });
    }
    return out;
  }

  private get purpose(): { verb: string; path: JsonPath } {
    return { verb: this.verb, path: this.at.path };
  }
}

function asItIs(reply: unknown): unknown {
  return reply;
}

/** The default for a value of which nothing is stored: its own if its container is stored, otherwise the member of the default of the container. */
function defaultIn(container: Container, name: string, standIn: Json | undefined): Json | undefined {
  return standIn === undefined ? container.defaultAt(name) : memberOf(standIn, name);
}

function plainIn(codec: Codec, stored: Json | undefined): unknown {
  if (stored === undefined) throw Mismatch.of(codec.name, undefined);
  codec.check(stored);
  return codec.decode(stored);
}

/**
 * Reads fields of a model as plain data. Sends one `JSON.GET`. If none of the fields is stored, `JSON.TYPE` tells whether the model is; the fields of a nested model
 * are then read once more.
 */
export async function loadFields(model: Container, names: readonly string[], call?: CallOptions): Promise<Record<string, unknown>> {
  const reading = new Reading('load', model, call);
  const paths = names.map((name) => model.pathOf(name).sent);
  let found = await reading.get(paths);
  const standIn = isNothing(found) ? await reading.standIn() : undefined;
  // Another writer may have put the model there meanwhile, with these fields.
  if (standIn === undefined && isNothing(found) && model.parent !== undefined) found = await reading.get(paths);
  const storedAt = (name: string, [value]: Json[]): Json | undefined => (value === undefined ? defaultIn(model, name, standIn) : value);
  const values = reading.plain(names.map((name, at) => [name, storedAt(name, found[at] as Json[])]));
  return Object.fromEntries(names.map((name, at) => [name, values[at]]));
}

function isNothing(found: readonly Json[][]): boolean {
  return found.every(({ length }) => length === 0);
}

interface MemberCall {
  readonly verb: string;
  readonly call: CallOptions | undefined;
}

/** Reads a member of a dict as plain data; undefined where there is none. Sends one `JSON.GET`, like `loadFields`. */
export async function loadMember(dict: DictState, name: string, { verb, call }: MemberCall): Promise<unknown> {
  const reading = new Reading(verb, dict, call);
  const { addressable, sent } = dict.pathOf(requireName(dict, name));
  // For a name that no path can carry, the whole dict is read and searched here.
  const [[found]] = (await reading.get([addressable ? sent : dict.path.sent])) as [Json[]];
  let stored = addressable ? found : memberOf(found, name);
  if (stored === undefined) stored = memberOf(await reading.standIn(), name);
  return stored === undefined ? undefined : reading.plain([[name, stored]])[0];
}

function memberOf(stored: Json | undefined, name: string): Json | undefined {
  return isPlainObject(stored) && Object.hasOwn(stored, name) ? stored[name] : undefined;
}

/** The same for a member that must exist. */
export async function loadPresent(dict: DictState, name: string, call?: CallOptions): Promise<unknown> {
  const member = await loadMember(dict, name, { verb: 'load', call });
  if (member !== undefined) return member;
  const { model, key } = dict.root;
  throw new PathMismatchError('a value', 'nothing', { model, key, path: dict.pathOf(name).text, command: 'load' });
}

/** Names of the members of a dict. Sends `JSON.OBJKEYS`. */
export async function namesAt(dict: DictState, call?: CallOptions): Promise<string[]> {
  const ofDefault = (standIn: Json): string[] => Object.keys(standIn as JsonObject);
  return new Reading('akeys', dict, call).ask('JSON.OBJKEYS', { expected: 'object', ofDefault });
}

/** Length of a list. Sends `JSON.ARRLEN`. */
export async function lengthAt(list: ListState, call?: CallOptions): Promise<number> {
  const ofDefault = (standIn: Json): number => (standIn as Json[]).length;
  return new Reading('alength', list, call).ask('JSON.ARRLEN', { expected: 'array', ofDefault });
}

/** A range of items, with positions as in `slice` of Array. */
interface Range {
  readonly start: number;
  readonly end: number | undefined;
}

/** Reads items of a list as plain data. Sends one `JSON.GET`. If there are no items, `JSON.TYPE` tells whether the list is stored. */
export async function sliceAt(list: ListState, { start, end }: Range, call?: CallOptions): Promise<unknown[]> {
  const reading = new Reading('aslice', list, call);
  requireWhole(list, start);
  if (end !== undefined) requireWhole(list, end);
  const [found] = (await reading.get([list.path.slice(start, end)])) as [Json[]];
  const standIn = (found.length === 0 ? await reading.standIn(list, 'array') : undefined) as Json[] | undefined;
  const items = standIn?.slice(start, end) ?? found;
  const first = firstPosition({ start, end }, items.length);
  return reading.plain(items.map((item, at) => [first + at, item]));
}

/** Position of the first item found: counted from the end of the list (negative) if the range is. */
function firstPosition({ start, end = 0 }: Range, count: number): number {
  return start >= 0 || end > 0 ? start : end - count;
}
