import type { Codec, DocumentField, Json, JsonObject } from '../codec/codec';
import { copyStored } from '../codec/document';
import { carrierOver } from '../field/carrier';
import { CONTAINER, containerOf } from '../field/container';
import type { DictState } from '../field/dict-state';
import type { ListState } from '../field/list-state';
import { instanceFor, type ModelBase } from '../field/model-instance';
import { ModelState } from '../field/model-state';
import type { ModelSchema } from '../schema/model-schema';

/** Names of the fields of a model whose values are to be looked at by their own rules. */
type NestedRules = (schema: ModelSchema) => ReadonlySet<string>;

/**
 * What the rules of a model see: its fields with plain values, since `@Max` and the like compare numbers and texts; of all else, what an instance has.
 * Each value is made when a rule asks for it.
 */
export function ruleCarrierOf(state: ModelState, nestedIn: NestedRules): object {
  const nested = nestedIn(state.schema);
  return carrierOver(membersOf(state), state.schema.fields, (field) =>
    nested.has(field.name) ? underClasses(field.codec, state.value(field), nestedIn) : state.plain(field),
  );
}

/** Getters and methods are written for an instance, so they see one. */
function membersOf(state: ModelState): object {
  const { prototype } = state.schema.model;
  let instance: object | undefined;
  return new Proxy(Object.create(prototype) as object, {
    get: (inherited, name) => {
      if (name === 'constructor' || (typeof name === 'symbol' && !(name in inherited))) return Reflect.get(inherited, name) as unknown;
      instance ??= instanceFor(state);
      const value = Reflect.get(instance, name) as unknown;
      return typeof value === 'function' ? (value.bind(instance) as unknown) : value;
    },
  });
}

/** Nested models under their classes. Of the members of objects class-validator knows no classes, of those of maps it does. */
function underClasses(codec: Codec, held: unknown, nestedIn: NestedRules): unknown {
  if (held === null) return null;
  if (codec.kind === 'model') return ruleCarrierOf((held as ModelBase)[CONTAINER], nestedIn);
  const below = (item: unknown): unknown => underClasses(codec.element as Codec, item, nestedIn);
  if (codec.kind === 'list') return Array.from(containerOf<ListState>(held).items, below);
  if (codec.kind !== 'dict') return held;
  const dict = containerOf<DictState>(held);
  return new Map(dict.names().map((name) => [name, below(dict.read(name))]));
}

/** A value that a field is to have, as it will be stored. */
export interface NewValue {
  readonly field: DocumentField;
  readonly stored: Json;
}

/** The same model with other values in their places; the model itself when there are none. */
export function withValues(state: ModelState, values: readonly NewValue[]): ModelState {
  if (values.length === 0) return state;
  const stored = copyStored(state.toStored()) as JsonObject;
  for (const { field, stored: value } of values) stored[field.name] = copyStored(value);
  return new ModelState(state.schema, stored, state);
}
