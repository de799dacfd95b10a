import { isDeepStrictEqual } from 'node:util';
import { leafOf, setMember, type Codec, type DocumentField, type Json, type JsonObject } from '../codec/codec';
import { forTransformer } from '../codec/plain-rules';
import { carrierOver, keep } from './carrier';
import { CONTAINER, containerOf } from './container';
import type { DictState } from './dict-state';
import type { ListState } from './list-state';
import type { ModelBase } from './model-instance';
import type { ModelState } from './model-state';

/** What a carrier was made of. */
interface Origin {
  readonly instance: ModelBase;
  /** The values that it has given for fields. */
  readonly given: Map<string, unknown>;
}

const origins = new WeakMap<object, Origin>();

type Show = (instance: ModelBase, carrier: object) => JsonObject;

/**
 * What transforms of users get for a model: its fields with runtime values that are detached, so that they may be changed; of all else, what the
 * instance has.
 *
 * @param show - What is shown of a carrier that was changed.
 */
export function transformCarrierOf(instance: ModelBase, show: Show): object {
  const state = instance[CONTAINER];
  const given = new Map<string, unknown>();
  const carrier = carrierOver(membersOf(instance), state.schema.fields, (field) => {
    const value = runtimeOf(state, field, show);
    given.set(field.name, value);
    return value;
  });
  origins.set(carrier, { instance, given });
  const toJSON = (): unknown => (isUntouched(carrier) ? (instance as unknown as { toJSON(): unknown }).toJSON() : show(instance, carrier));
  keep(carrier, 'toJSON', { value: toJSON, enumerable: false });
  return carrier;
}

/** Getters and methods see the instance itself. Each is read once for a view, because class-transformer reads it five times and compares. */
function membersOf(instance: ModelBase): object {
  return new Proxy(instance, {
    get: (_instance, name, carrier: object) => {
      const value = Reflect.get(instance, name, instance) as unknown;
      if (typeof name === 'symbol' || name === 'constructor' || value === undefined) return value;
      const shown = typeof value === 'function' ? calledOn(instance, value) : forTransformer(value);
      return keep(carrier, name, { value: shown, enumerable: false });
    },
  });
}

function calledOn(instance: object, method: unknown): (...args: unknown[]) => unknown {
  return (...args) => forTransformer(Reflect.apply(method as () => unknown, instance, args));
}

function runtimeOf(state: ModelState, field: DocumentField, show: Show): unknown {
  const { codec } = field;
  return leafOf(codec).kind === 'model' ? carriersIn(codec, state.value(field), show) : state.plain(field);
}

function carriersIn(codec: Codec, held: unknown, show: Show): unknown {
  if (held === null) return null;
  if (codec.kind === 'model') return transformCarrierOf(held as ModelBase, show);
  const element = codec.element as Codec;
  if (codec.kind === 'list') return Array.from(containerOf<ListState>(held).items, (item) => carriersIn(element, item, show));
  const state = containerOf<DictState>(held);
  const out: JsonObject = {};
  for (const name of state.names()) setMember(out, name, carriersIn(element, state.read(name), show) as Json);
  return out;
}

/** Whether a value is the one that a carrier gave for a field, and was not changed from inside since. */
export function isAsGiven(carrier: object, field: DocumentField, value: unknown): boolean {
  const { instance, given } = origins.get(carrier) as Origin;
  const { name, codec } = field;
  if (!given.has(name) || given.get(name) !== value) return false;
  if (typeof value !== 'object' || value === null) return true;
  const state = instance[CONTAINER];
  return leafOf(codec).kind === 'model' ? carries(codec, value, state.value(field)) : isDeepStrictEqual(value, state.plain(field));
}

/** Whether a value still is what carriers were made of. */
function carries(codec: Codec, value: unknown, held: unknown): boolean {
  if (value === null || held === null || typeof value !== 'object') return value === held;
  if (codec.kind === 'model') return origins.get(value)?.instance === held && isUntouched(value);
  const element = codec.element as Codec;
  if (codec.kind === 'list') {
    const { items } = containerOf<ListState>(held);
    return Array.isArray(value) && value.length === items.length && items.every((item, index) => carries(element, value[index], item));
  }
  const state = containerOf<DictState>(held);
  const names = state.names();
  const members = value as Record<string, unknown>;
  return isDeepStrictEqual(Object.keys(members), names) && names.every((name) => carries(element, members[name], state.read(name)));
}

function isUntouched(carrier: object): boolean {
  const { schema } = (origins.get(carrier) as Origin).instance[CONTAINER];
  if (!isDeepStrictEqual(Object.keys(carrier), schema.names)) return false;
  return schema.fields.every((field) => {
    const own = Object.getOwnPropertyDescriptor(carrier, field.name) as PropertyDescriptor;
    return !('value' in own) || isAsGiven(carrier, field, own.value);
  });
}
