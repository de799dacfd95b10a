import { leafOf, setMember, type Codec, type DocumentField, type Json, type JsonObject } from '../codec/codec';
import { copyElements, copyFields } from '../codec/document';
import { applyPlainRules, hasPlainRules } from '../codec/plain-rules';
import { oncePer } from '../memo/once-per';
import { nestedSchema, type ModelSchema } from '../schema/model-schema';
import { libraryPrototype } from '../schema/validate';
import { isAsGiven, transformCarrierOf } from './transform-carrier';
import { CONTAINER, containerOf } from './container';
import type { DictState } from './dict-state';
import type { ListState } from './list-state';
import type { ModelBase } from './model-instance';
import type { ModelState } from './model-state';

/** What `JSON.stringify` shows of a model: the stored form, after the class-transformer decorators of the class. */
export function modelView(instance: ModelBase): JsonObject {
  const state = instance[CONTAINER];
  const { schema } = state;
  if (hasPlainRules(schema)) return ruledView(instance, transformCarrierOf(instance, ruledView));
  const view: JsonObject = {};
  for (const field of schema.fields) view[field.name] = fieldView(state, field);
  return view;
}

/** The same, from a carrier that the decorators have changed. */
function ruledView(instance: ModelBase, carrier: object): JsonObject {
  const state = instance[CONTAINER];
  const { schema } = state;
  const fieldOf = (name: string): DocumentField => schema.byName.get(name) as DocumentField;
  return applyPlainRules(schema, {
    carrier,
    viewOf: (name, value) => (isAsGiven(carrier, fieldOf(name), value) ? fieldView(state, fieldOf(name)) : undefined),
    isData: (name) => isData(fieldOf(name).codec),
  });
}

export function listView(state: ListState): Json {
  const { element } = state;
  if (hasRulesWithin(element)) return Array.from(state.items, (item) => viewOf(element, item));
  return storedView(state);
}

export function dictView(state: DictState): Json {
  const { element } = state;
  if (!hasRulesWithin(element)) return storedView(state);
  const view: JsonObject = {};
  for (const name of state.names()) setMember(view, name, viewOf(element, state.read(name)));
  return view;
}

function fieldView(state: ModelState, field: DocumentField): Json {
  const { codec, name } = field;
  if (codec.kind === 'model' || hasRulesWithin(codec)) return viewOf(codec, state.value(field));
  try {
    return copyFields(codec, state.storedOf(field));
  } catch (error) {
    throw state.invalid(error, name);
  }
}

/** The same for a value that holds others. */
function viewOf({ kind }: Codec, value: unknown): Json {
  if (value === null) return null;
  // The class may have a toJSON() of its own.
  if (kind === 'model') return (value as { toJSON(): Json }).toJSON();
  return kind === 'list' ? listView(containerOf<ListState>(value)) : dictView(containerOf<DictState>(value));
}

function storedView(state: ListState | DictState): Json {
  try {
    return copyElements(state.element, state.toStored());
  } catch (error) {
    throw state.inHere(error);
  }
}

/** Whether a value is arbitrary JSON, whose form neither redatom nor a class decides. */
function isData(codec: Codec): boolean {
  const { kind, changesUnseen } = leafOf(codec);
  return kind !== 'model' && !changesUnseen;
}

/** Whether some model inside a value is shown in another form than the stored one. */
const hasRulesWithin = oncePer((codec: Codec): boolean => {
  const schema = nestedSchema(leafOf(codec));
  return schema !== undefined && [...schemasWithin(schema)].some((one) => hasPlainRules(one) || overridesView(one));
});

function overridesView({ model }: ModelSchema): boolean {
  const { toJSON } = model.prototype as { toJSON?: unknown };
  return toJSON !== (libraryPrototype(model) as { toJSON?: unknown }).toJSON;
}

function schemasWithin(schema: ModelSchema, found = new Set<ModelSchema>()): Set<ModelSchema> {
  if (found.has(schema)) return found;
  found.add(schema);
  for (const { codec } of schema.fields) {
    const nested = nestedSchema(leafOf(codec));
    if (nested !== undefined) schemasWithin(nested, found);
  }
  return found;
}
