import { isDeepStrictEqual } from 'node:util';
import { isUint8Array } from 'node:util/types';
import { oncePer } from '../memo/once-per';
import { notedRules, transformer, type PlainClass } from './class-instance';
import { isPlainObject, isStored, setMember, type Json, type JsonObject } from './codec';

/** A class whose instances are converted for output. */
interface ShownClass {
  readonly model: PlainClass;
  /** The names of its fields. */
  readonly names: readonly string[];
}

/** An instance as its rules should see it. */
interface ShownInstance {
  /** Holds the fields as transforms expect them, and has everything else that the instance has. */
  readonly carrier: object;
  /** The output for a field whose transforms have left its value unchanged; undefined if they changed it. */
  readonly viewOf: (name: string, value: unknown) => Json | undefined;
  /** Whether a field holds plain data, which `@Type` can give the rules of a class. */
  readonly isData: (name: string) => boolean;
}

/** Whether class-transformer may output anything but the plain fields of a class. */
export const hasPlainRules = oncePer(({ model, names }: ShownClass): boolean => {
  const rules = notedRules();
  if (rules === undefined) return true;
  if (rules.getStrategy(model) !== 'none') return true;
  if (rules.getExposedMetadatas(model).length + rules.getExcludedMetadatas(model).length > 0) return true;
  const toPlain = transformer().TransformationType.CLASS_TO_PLAIN;
  return names.some(
    (name) => rules.findTransformMetadatas(model, name, toPlain).length > 0 || rules.findTypeMetadata(model, name) !== undefined,
  );
});

/** The method by which a carrier returns the value with which class-transformer continues after all transforms of a field. */
const LAST: unique symbol = Symbol('redatom/last');

interface Carrier {
  [LAST](name: string, value: unknown): unknown;
}

/** A field whose transforms have run. */
interface Turn {
  /** The value with which class-transformer continues. */
  readonly given: unknown;
  /** The output if class-transformer leaves that value unchanged; undefined if a transform has changed the field. */
  readonly view: Json | undefined;
}

/** The output of class-transformer for an instance. Values that no rule changes do not pass through it, because it would take them apart. */
export function applyPlainRules(shown: ShownClass, instance: ShownInstance): JsonObject {
  const { carrier } = instance;
  const out: JsonObject = {};
  let turn: Turn | undefined;
  const last: Carrier[typeof LAST] = (name, value) => (turn = turnOf(instance, name, value)).given;
  // The output name does not identify the field, but the latest turn does.
  const put = (name: string, value: unknown): void => {
    const json = turn?.view !== undefined && isDeepStrictEqual(value, turn.given) ? turn.view : jsonOf(value);
    turn = undefined;
    if (json === undefined) Reflect.deleteProperty(out, name);
    else setMember(out, name, json);
  };
  const own = { [LAST]: last, constructor: shownClass(shown) };
  for (const name of Reflect.ownKeys(own)) Object.defineProperty(carrier, name, { value: Reflect.get(own, name), configurable: true });
  try {
    new (transformer().ClassTransformer)().classToPlainFromExist(carrier, targetFor(put));
  } finally {
    for (const name of Reflect.ownKeys(own)) Reflect.deleteProperty(carrier, name);
  }
  return out;
}

function turnOf({ viewOf, isData }: ShownInstance, name: string, value: unknown): Turn {
  const view = viewOf(name, value);
  if (view === undefined) return { given: forTransformer(value), view };
  return { given: isData(name) ? forTransformer(view) : null, view };
}

/** An object that accepts members from class-transformer, and has none itself. */
function targetFor(put: (name: string, value: unknown) => void): object {
  return new Proxy(
    {},
    {
      get: (_target, name) => (name === 'constructor' ? Object : undefined),
      set: (_target, name, value) => {
        put(name as string, value);
        return true;
      },
    },
  );
}

/** A class with all rules of another one. Its own transforms, which run last, see what the others have made of a field. */
const shownClass = oncePer(({ model, names }: ShownClass): PlainClass => {
  const { Exclude, Transform } = transformer();
  const made = class extends model {};
  for (const name of names) {
    Transform(({ key, value, obj }) => (obj as Carrier)[LAST](key, value))(made.prototype, name);
  }
  // The only rule that is not inherited.
  if (excludesAll(model)) Exclude()(made);
  return made;
});

/** Whether class-transformer omits members that are not exposed: then it does not list the members of the instance. */
function excludesAll(model: PlainClass): boolean {
  let asked = false;
  const carrier = new Proxy(Object.create({ constructor: model }) as object, {
    ownKeys: () => {
      asked = true;
      return [];
    },
    get: (inherited, name) => {
      if (name === 'constructor' || name === 'then') return Reflect.get(inherited, name) as unknown;
      throw new Error('It has gone on to the members.');
    },
  });
  try {
    transformer().instanceToPlain(carrier);
  } catch {
    // Thrown when it goes on to the members; it would have asked for the names before that.
  }
  return !asked;
}

/** Names that class-transformer skips and cannot handle. */
const PASSED_OVER: readonly string[] = ['constructor', '__proto__'];

/** A copy without values that class-transformer would misread. Instances of user classes are left to it. */
export function forTransformer(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isBound(value)) return forTransformer(value.toJSON());
  if (Array.isArray(value)) return Array.from(value, forTransformer);
  if (isUint8Array(value)) return Buffer.from(value);
  if (!isPlainObject(value)) return value;
  const out: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) if (!PASSED_OVER.includes(name)) out[name] = forTransformer(item);
  return out;
}

function isBound(value: object): value is { toJSON(): unknown } {
  return (isStored(value) || Array.isArray(value)) && typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

/** The result of `JSON.stringify` for a value, but with bigints as text and bytes as base64. */
function jsonOf(value: unknown): Json | undefined {
  const text = JSON.stringify(value, function (this: Record<string, unknown>, name, item: unknown) {
    const original = this[name];
    if (typeof original === 'bigint') return original.toString();
    return isUint8Array(original) ? Buffer.from(original).toString('base64') : item;
  }) as string | undefined;
  return text === undefined ? undefined : (JSON.parse(text) as Json);
}
