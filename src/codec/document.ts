import { oncePer } from '../memo/once-per';
import { MAX_PROBLEMS } from '../errors/codec';
import { JsonPath } from '../path/json-path';
import {
  decodeBelow,
  defineCodec,
  hasMembers,
  isStored,
  leafOf,
  Mismatch,
  setMember,
  takeStored,
  type Codec,
  type CodecKind,
  type DocumentField,
  type DocumentShape,
  type Json,
  type JsonObject,
  type Misfit,
  type Stored,
} from './codec';
import { nestsFreely, oneLevelDown, requireMemberDepth } from './depth';
import { forEachPart, noteProblem, throwAll } from './problems';
import { isStoredAsItIs, type QuickCheck } from './quick-check';

/** A hidden member of the stored objects themselves: a WeakMap would first need a hash of each object, which costs more than the rest of a check. */
const ABSENT = Symbol('redatom/absent');

/** The JSON texts of defaults, by name. Text, because the filled-in values change with the local values. */
type Defaults = Map<string, string>;

type Filled = JsonObject & { [ABSENT]?: Defaults };

/** Members that the stored object lacked and that were filled with defaults on reading. */
export function absentMembers(stored: JsonObject): Defaults | undefined {
  return (stored as Filled)[ABSENT];
}

/** Checks a stored object against its fields, and fills absent members with their defaults. */
export function checkDocument(shape: DocumentShape, json: unknown): asserts json is JsonObject {
  if (shape.fits(json)) return;
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw Mismatch.of(`an object for ${shape.name}`, json);
  const stored = json as JsonObject;
  forEachPart(shape.byName, (field, name) => {
    const value = stored[name];
    if (value === undefined) fillAbsent(stored, field);
    else field.codec.check(value);
  });
}

function fillAbsent(stored: JsonObject, field: DocumentField): void {
  if (field.makeDefault === undefined) throw Mismatch.of(field.codec.name, undefined);
  const { name } = field;
  const initial = field.makeDefault();
  stored[name] = initial;
  const defaults = absentMembers(stored) ?? noteAbsent(stored, new Map());
  defaults.set(name, JSON.stringify(initial));
}

/** Marks the stored form of a dict of which nothing was read. Enumerable, so that copies keep it. */
const UNREAD = Symbol('redatom/unread');

/** Whether a dict may have members that its local stored form lacks. */
export function isUnreadDict(stored: JsonObject): boolean {
  return UNREAD in stored;
}

/** Initial values for verbs where nothing was read. Not the default of the field, which says nothing about the stored value. */
const BEGINNINGS: Partial<Record<CodecKind, () => Json>> = {
  list: () => [],
  dict: () => ({ [UNREAD]: true }) as JsonObject,
  integer: () => 0,
  float: () => 0,
  text: () => '',
};

/** Placeholder for a nested model of which nothing was read, until it is used: a model can contain its own class. No model is stored as this value. */
export const UNREAD_MODEL: Json = true;

/** Placeholder for a stored value of which nothing was read. */
export function unreadValue({ kind, shape }: Codec): Json {
  return shape === undefined ? (BEGINNINGS[kind]?.() ?? null) : unreadDocument(shape());
}

/**
 * Placeholder for a stored object of which nothing was read, for verbs that need none of its values. A field with a default may be absent in the
 * store, so verbs on it put the default there first.
 *
 * @param only - Name of the only field whose default is needed, to avoid making the others. Default: all fields.
 */
export function unreadDocument({ fields }: DocumentShape, only?: string): JsonObject {
  const stored: JsonObject = {};
  const absent = noteAbsent(stored, new Map());
  for (const { name, codec, makeDefault, isKey } of fields) {
    stored[name] = null;
    if (isKey || (only !== undefined && name !== only)) continue;
    const initial = makeDefault?.() ?? null;
    if (initial !== null) absent.set(name, JSON.stringify(initial));
    stored[name] = codec.kind === 'model' ? UNREAD_MODEL : unreadValue(codec);
  }
  return stored;
}

function noteAbsent(stored: JsonObject, defaults: Defaults): Defaults {
  Object.defineProperty(stored, ABSENT, { value: defaults });
  return defaults;
}

/** A copy that can be read and changed like the original. */
export function copyStored(json: Json): Json {
  return copied(json, true);
}

/** A copy without members for which the model has no field, at any depth. */
export function copyFields(codec: Codec, json: Json): Json {
  if (json === null || leafOf(codec).shape === undefined) return copyStored(json);
  if (codec.element !== undefined) return copyElements(codec.element, json);
  const out: JsonObject = {};
  for (const field of codec.shape?.().fields ?? []) out[field.name] = copyFields(field.codec, (json as JsonObject)[field.name] as Json);
  return out;
}

/** The same for all values of a list or dict. */
export function copyElements(element: Codec, json: Json): Json {
  if (Array.isArray(json)) return json.map((item) => copyFields(element, item));
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(json as JsonObject)) setMember(out, name, copyFields(element, value));
  return out;
}

/** A copy without members that were filled in on reading, at any depth. */
export function withoutDefaults(json: Json): Json {
  return copied(json, false);
}

function copied(json: Json, withDefaults: boolean): Json {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map((item) => copied(item, withDefaults));
  const out: JsonObject = {};
  const absent = absentMembers(json);
  for (const name of Object.keys(json)) {
    if (withDefaults || absent?.has(name) !== true) setMember(out, name, copied(json[name] as Json, withDefaults));
  }
  if (withDefaults && absent !== undefined) noteAbsent(out, new Map(absent));
  if (withDefaults && isUnreadDict(json)) Object.assign(out, { [UNREAD]: true });
  return out;
}

/**
 * The stored form of plain input; reports all fields that are missing, unknown or wrong at once.
 *
 * A copy keeps the memory layout of the input. So while the input has the fields in their order, only values whose stored form differs are replaced,
 * which is several times faster than looking each field up.
 */
export function encodeDocument(shape: DocumentShape, input: unknown): JsonObject {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw Mismatch.of(`an object for ${shape.name}`, input);
  const { fields, names, quickChecks } = shape;
  const out: JsonObject = { ...(input as JsonObject) };
  const problems: Misfit[] = [];
  let done = 0;
  let isInOrder = true;
  for (const name in out) {
    isInOrder = names[done] === name;
    if (!isInOrder) break;
    const value = out[name];
    if (!isStoredAsItIs(quickChecks[done] as QuickCheck, value)) {
      const stored = encodeField(fields[done] as DocumentField, value, problems);
      if (stored !== value) out[name] = stored as Json;
    }
    done += 1;
  }
  if (!isInOrder || done < fields.length) return encodeRest(shape, { input, out, done, problems });
  throwAll(problems);
  return out;
}

/** Input whose first fields are encoded. */
interface PartlyEncoded {
  readonly input: object;
  /** The members of the input, with the first fields encoded. */
  readonly out: JsonObject;
  /** The number of encoded fields. They are not encoded again, because in nested models that would double the work at each level. */
  readonly done: number;
  readonly problems: Misfit[];
}

function encodeRest(shape: DocumentShape, { input, out, done, problems }: PartlyEncoded): JsonObject {
  if (Object.keys(out).length === 0 && !hasMembers(input)) throw Mismatch.of(`an object for ${shape.name}`, input);
  const whole: JsonObject = {};
  shape.fields.forEach((field, index) => {
    const { name } = field;
    const value = Object.hasOwn(out, name) ? out[name] : undefined;
    whole[name] = (index < done ? value : encodeField(field, value, problems)) as Json;
  });
  problems.push(...foreignMembers(shape, out));
  throwAll(problems);
  return whole;
}

function foreignMembers(shape: DocumentShape, given: Record<string, unknown>): Misfit[] {
  const names = Object.keys(given).filter((name) => !shape.byName.has(name));
  return names.slice(0, MAX_PROBLEMS).flatMap((name) => noField(shape, given[name]).below(name).misfits);
}

/** The error for a value under a name that no field has. */
export function noField({ name }: { readonly name: string }, value: unknown): Mismatch {
  return Mismatch.of(`to be a field of ${name}`, value);
}

/** The stored form of a value, or of the default; undefined if a problem was noted. */
function encodeField({ name, codec, makeDefault }: DocumentField, value: unknown, problems: Misfit[]): Json | undefined {
  try {
    if (value !== undefined) return codec.encode(value);
    if (makeDefault !== undefined) return makeDefault();
    problems.push(...Mismatch.of(codec.name, undefined).below(name).misfits);
  } catch (error) {
    noteProblem(problems, error, name);
  }
  return undefined;
}

/** Cached per model; most models have no such fields. */
const freelyNestingFields = oncePer(({ fields }: DocumentShape) => fields.filter(({ codec }) => nestsFreely(codec)));

/** Refuses a document that is nested too deeply. */
export function requireDocumentDepth(shape: DocumentShape, stored: JsonObject): void {
  for (const field of freelyNestingFields(shape)) requireMemberDepth(field, stored[field.name] as Json, JsonPath.root);
}

/** A nested model, stored inline. Its fields are known later than the codec, since models may refer to one another. */
export function nestedDocument(model: { readonly name: string }, shapeOf: () => DocumentShape): Codec {
  let known: DocumentShape | undefined;
  const shape = (): DocumentShape => (known ??= shapeOf());
  const check = (json: unknown): void => checkDocument(shape(), json);
  const encode = (value: unknown): Json => encodeDocument(shape(), value);
  const takeInstance = (value: Stored): Json => {
    const stored = takeStored(value, check) as JsonObject;
    // Members without a field come from another version of the class, or from another class.
    if (value.constructor !== model) throwAll(foreignMembers(shape(), stored));
    return stored;
  };
  return defineCodec({
    kind: 'model',
    name: model.name,
    model,
    shape,
    encode: (value) => (isStored(value) ? takeInstance(value) : oneLevelDown(value, encode)),
    fits: (json) => shape().fits(json),
    check,
    decode: (json) => {
      const out: Record<string, unknown> = {};
      for (const { name, codec } of shape().fields) out[name] = decodeBelow(codec, name, (json as JsonObject)[name] as Json);
      return out;
    },
  });
}
