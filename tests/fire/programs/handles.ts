import { RedisDict, type AtomicRedisModel, type RedisList } from 'redatom';
import { errorWith } from '../../support/error-with';
import type { Draw } from './contract';
import { identityOf, isDoubtful, placesIn, refill, valueAt, type Place, type Segment } from './twins';

/** A list, dict or model of the document that a user goes on holding, whatever is done to the document. */
export interface Handle {
  readonly value: object;
  /** Identifies its counterpart in all twins. */
  readonly identity: object;
}

interface AnyRun {
  readonly it: AtomicRedisModel;
  readonly held: readonly string[];
  readonly handles: Handle[];
  readonly subject: { readonly number: string };
}

/** More are not worth the time. */
const MAX_HANDLES = 6;

/** Takes hold of a value in one of the places of the program; `twin` is what the instance has at the moment. */
export function hold(run: AnyRun, twin: object, { i, j }: Draw): void {
  const places = run.held.flatMap((field) => placesIn(valueAt(twin, [field]), [field]));
  const place = places[(i * 6 + j) % Math.max(1, places.length)];
  if (place === undefined) return;
  run.handles.push({ value: walk(run.it, place.path), identity: identityOf(place.value) });
  if (run.handles.length > MAX_HANDLES) run.handles.shift();
}

function walk(it: AtomicRedisModel, path: readonly Segment[]): object {
  const step = (value: object, segment: Segment): object =>
    (value instanceof RedisDict ? value.get(String(segment)) : Reflect.get(value, segment)) as object;
  return path.reduce(step, it as object);
}

/** Where the held value stands now; undefined when it is gone. */
export function placeOf({ held }: Pick<AnyRun, 'held'>, twin: object, { identity }: Handle): Place | undefined {
  const places = held.flatMap((field) => placesIn(valueAt(twin, [field]), [field]));
  return places.find(({ value }) => identityOf(value) === identity);
}

const nameText = (name: string): string => (name.includes('"') ? `'${name}'` : `"${name}"`);
const textOf = (path: readonly Segment[]): string =>
  `$${path.map((segment) => `[${typeof segment === 'number' ? segment : nameText(segment)}]`).join('')}`;

/** A held value shows what stands in its place, and knows that place; one that is gone takes no changes. */
export function expectHandles(run: AnyRun, twin: object): void {
  run.handles.splice(0, run.handles.length, ...run.handles.filter(({ identity }) => !isDoubtful(identity)));
  for (const handle of run.handles) {
    const place = placeOf(run, twin, handle);
    if (place === undefined) expect(() => changeOf(run, handle).here()).toThrow(errorWith({ code: 'STALE_ITEM' }));
    else expect(handle.value).toMatchObject({ jsonPath: textOf(place.path) });
    if (place !== undefined) expect(JSON.parse(JSON.stringify(handle.value))).toEqual(place.value);
  }
}

/** A change of a held value, locally and at once, and the same change of its twin. */
export interface HandleChange {
  readonly here: () => unknown;
  readonly atOnce: () => Promise<unknown>;
  readonly plain: (twin: object) => unknown;
}

/** The numeric fields of models, by names that only the tests know. */
type AnyModel = Record<string, { add(n: number): void; increase(n: number): Promise<number> }>;

/** An `n` that changes every value, whatever is in it. */
export const CLEARING = 2;

/** A change that every value of its kind accepts; `n` chooses. */
export function changeOf({ subject }: Pick<AnyRun, 'subject'>, { value }: Handle, n: number = CLEARING): HandleChange {
  if (Array.isArray(value)) return n % 2 === 0 ? clearing(value as never) : popping(value as never);
  if (value instanceof RedisDict) return n % 2 === 0 ? clearing(value as never) : deleting(value as never, n < 0 ? 'a' : 'b');
  const { number } = subject;
  const bound = (value as AnyModel)[number] as AnyModel[string];
  return {
    here: () => bound.add(n),
    atOnce: () => bound.increase(n),
    plain: (twin) => Reflect.set(twin, number, (Reflect.get(twin, number) as number) + n),
  };
}

const clearing = (value: RedisList<unknown> | RedisDict<unknown>): HandleChange => ({
  here: () => value.clear(),
  atOnce: () => value.aclear(),
  plain: (twin) => refill(twin, []),
});

const popping = (list: RedisList<unknown>): HandleChange => ({
  here: () => list.pop(),
  atOnce: () => list.apop(),
  plain: (twin) => (twin as unknown[]).pop(),
});

const deleting = (dict: RedisDict<unknown>, name: string): HandleChange => ({
  here: () => dict.delete(name),
  atOnce: () => dict.adelItem(name),
  plain: (twin) => Reflect.deleteProperty(twin, name),
});
