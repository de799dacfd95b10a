import { applyPlainRules } from '../codec/class-instance';
import type { Json, JsonObject } from '../codec/codec';
import { CONTAINER } from '../field/container';
import type { ModelBase } from '../field/model-instance';
import type { ModelState } from '../field/model-state';
import type { ModelSchema } from '../schema/model-schema';

/** Detached plain values of all fields. */
export function toPlainObject(state: ModelState): Record<string, unknown> {
  const stored = state.toStored();
  return Object.fromEntries(state.schema.fields.map(({ name, codec }) => [name, codec.decode(stored[name] as Json)]));
}

/** What `JSON.stringify` shows: the stored form, after the class-transformer decorators of the class. */
export function toJsonView(state: ModelState): JsonObject {
  const { schema } = state;
  const view: JsonObject = {};
  for (const field of schema.fields) {
    const value = state.value(field);
    view[field.name] =
      field.codec.kind === 'model' && value !== null ? toJsonView(containerOf(value)) : structuredClone(state.storedOf(field));
  }
  return hasPlainRules(schema) ? jsonOf(applyPlainRules(schema.model, withRuntimeValues(schema, view))) : view;
}

function containerOf(value: unknown): ModelState {
  return (value as ModelBase)[CONTAINER];
}

/** Transforms of users expect the values that the properties have. */
function withRuntimeValues({ fields }: ModelSchema, view: JsonObject): JsonObject {
  const out: Record<string, unknown> = {};
  for (const { name, codec } of fields) out[name] = codec.kind === 'model' ? view[name] : codec.decode(view[name] as Json);
  return out as JsonObject;
}

function jsonOf(value: unknown): JsonObject {
  return JSON.parse(
    JSON.stringify(value, (_name, item: unknown) => {
      if (typeof item === 'bigint') return item.toString();
      return item !== null && typeof item === 'object' && (item as { type?: unknown }).type === 'Buffer'
        ? Buffer.from(item as never).toString('base64')
        : item;
    }),
  ) as JsonObject;
}

const rules = new WeakMap<object, boolean>();

/** Whether class-transformer decorators of a class change anything; found out by letting them work on marks, once per class. */
function hasPlainRules({ model, fields }: ModelSchema): boolean {
  let found = rules.get(model);
  if (found === undefined) {
    const marks = Object.fromEntries(fields.map(({ name }) => [name, `mark of ${name}`]));
    found = true;
    try {
      const plain = applyPlainRules(model, marks);
      found = Object.keys(plain).length !== fields.length || fields.some(({ name }) => plain[name] !== marks[name]);
    } catch {
      // A transform that cannot work on a mark is a rule.
    }
    rules.set(model, found);
  }
  return found;
}
