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

/** On stored objects themselves, out of sight: to look an object up in a WeakMap makes it a hash first, which costs more than the rest of a check. */
const ABSENT = Symbol('redatom/absent');

/** By name, the JSON text of the default: what is filled in changes with the local values. */
type Defaults = Map<string, string>;

type Filled = JsonObject & { [ABSENT]?: Defaults };

/** Members that the stored object lacked and that were filled with defaults on reading. */
export function absentMembers(stored: JsonObject): Defaults | undefined {
  return (stored as Filled)[ABSENT];
}

/** Checks a stored object against its fields and fills members that are absent with their defaults. */
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

/** Marks the stored form of a dict of which nothing was read. Enumerable, so that copies have it, too. */
const UNREAD = Symbol('redatom/unread');

/** Whether a dict may have members that its stored form here has not. */
export function isUnreadDict(stored: JsonObject): boolean {
  return UNREAD in stored;
}

/** Values that verbs begin with where none was read. The default of a field says nothing of what is stored. */
const BEGINNINGS: Partial<Record<CodecKind, () => Json>> = {
  list: () => [],
  dict: () => ({ [UNREAD]: true }) as JsonObject,
  integer: () => 0,
  float: () => 0,
  text: () => '',
};

/** Stands for a nested model of which nothing was read, until it is asked for: a model can hold one of its own class. No model is stored as that. */
export const UNREAD_MODEL: Json = true;

/** Stands for a stored value of which nothing was read. */
export function unreadValue({ kind, shape }: Codec): Json {
  return shape === undefined ? (BEGINNINGS[kind]?.() ?? null) : unreadDocument(shape());
}

/**
 * Stands for a stored object of which nothing was read, for verbs that need none of its values. A field with a default may be absent, so verbs on it put
 * that there first.
 *
 * @param only - Name of the field whose default is needed, because each is made anew. Default: of all.
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

/** A copy that can be read and changed as the original can. */
export function copyStored(json: Json): Json {
  return copied(json, true);
}

/** A copy without members that no field of a model stands for, at any depth. */
export function copyFields(codec: Codec, json: Json): Json {
  if (json === null || leafOf(codec).shape === undefined) return copyStored(json);
  if (codec.element !== undefined) return copyElements(codec.element, json);
  const out: JsonObject = {};
  for (const field of codec.shape?.().fields ?? []) out[field.name] = copyFields(field.codec, (json as JsonObject)[field.name] as Json);
  return out;
}

/** The same of all that a list or dict holds. */
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
 * Stored form of plain input; reports every field that is missing, unknown or wrong at once.
 *
 * A copy keeps its form in memory, so while the input has the fields in their order only values that are stored in another form are put anew: several times
 * faster than to look each field up.
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

/** Input of which the first fields are encoded. */
interface PartlyEncoded {
  readonly input: object;
  /** Its members; those of the first fields are encoded. */
  readonly out: JsonObject;
  /** How many fields that are. None of them is gone through again, because with models in models that would be twice at each level. */
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

/** What is given under a name that no field has. */
export function noField({ name }: { readonly name: string }, value: unknown): Mismatch {
  return Mismatch.of(`to be a field of ${name}`, value);
}

/** The stored form of a value, or of the default; undefined when a problem with it was noted. */
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

/** Most models have none. */
const freelyNestingFields = oncePer(({ fields }: DocumentShape) => fields.filter(({ codec }) => nestsFreely(codec)));

/** Refuses a whole document that is nested too deeply. */
export function requireDocumentDepth(shape: DocumentShape, stored: JsonObject): void {
  for (const field of freelyNestingFields(shape)) requireMemberDepth(field, stored[field.name] as Json, JsonPath.root);
}

/** A nested model, stored inline. Its fields are known later than the codec, since models may name one another. */
export function nestedDocument(model: { readonly name: string }, shapeOf: () => DocumentShape): Codec {
  let known: DocumentShape | undefined;
  const shape = (): DocumentShape => (known ??= shapeOf());
  const check = (json: unknown): void => checkDocument(shape(), json);
  const encode = (value: unknown): Json => encodeDocument(shape(), value);
  const takeInstance = (value: Stored): Json => {
    const stored = takeStored(value, check) as JsonObject;
    // Members that no field stands for come from another version of the class, or are fields of another class.
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
