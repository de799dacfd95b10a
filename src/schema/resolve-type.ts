import { describe } from '../input/describe';
import { bytes } from '../codec/bytes';
import { classInstance, lostMember, type PlainClass } from '../codec/class-instance';
import { isContainer, type BoundKind, type Codec, type CodecKind, type DocumentShape } from '../codec/codec';
import { nestedDocument } from '../codec/document';
import { instant, isInstantFormat } from '../codec/instant';
import { bigInteger, flag, float, integer, text } from '../codec/scalars';
import { nullable } from '../codec/collections';
import type { FieldDeclaration } from './declarations';
import { FIELD_KIND, MODEL, type FieldClass, type TypeReference } from './type-reference';

export interface ResolvedType {
  readonly codec: Codec;
  readonly bound: boolean;
}

/** Finds the shape of a model class. Called when the codec is first used, so models may refer to one another. */
export type ShapeLookup = (model: PlainClass) => DocumentShape;

const BUILT_IN = new Map<unknown, Codec>([
  [String, text],
  [Number, float],
  [Boolean, flag],
  [Date, instant()],
  [BigInt, bigInteger],
  [Uint8Array, bytes],
  [Buffer, bytes],
]);

const FIELD_KINDS: Record<BoundKind, Codec> & Partial<Record<CodecKind, Codec>> = { text, integer, float, bytes, instant: instant() };

/** The codec of a declared field, or a sentence that says what to write instead. */
export function resolveField(declaration: FieldDeclaration, shapeOf: ShapeLookup): ResolvedType | string {
  if (declaration.isVersion === true && declaration.isField !== true) return resolveVersion(declaration.designType, shapeOf);
  const reference = declaration.type ?? declaration.designType;
  // Compilers that emit metadata write Object for a class that is not loaded yet.
  if (declaration.isTypeGiven === true && declaration.type === undefined && (reference === undefined || reference === Object))
    return `${declaration.name}: ${NOT_LOADED}`;
  if (declaration.type === undefined && reference === Object) return `${declaration.name}: ${AMBIGUOUS_TYPE}`;
  if (reference === undefined) {
    return `${declaration.name}: its type is unknown, because this compiler emits no type metadata; write @Field(String), or the type that it has`;
  }
  const resolved = resolveReference(reference as TypeReference, shapeOf);
  if (typeof resolved === 'string') return `${declaration.name}: ${resolved}`;
  const codec = withOptions(resolved, declaration);
  return typeof codec === 'string'
    ? codec
    : { codec, bound: isContainer(codec) || (isFieldClass(thunkValue(reference)) && codec.kind !== 'value') };
}

/** A version needs no `@Field`: it is a whole number, unless the emitted type says otherwise. */
function resolveVersion(designType: unknown, shapeOf: ShapeLookup): ResolvedType {
  const hinted = designType === undefined ? integer : resolveReference(designType as TypeReference, shapeOf);
  const isUnclear = typeof hinted === 'string' || hinted.kind === 'float';
  return { codec: isUnclear ? integer : hinted, bound: isFieldClass(designType) };
}

function withOptions(codec: Codec, { name, options = {} }: FieldDeclaration): Codec | string {
  let result = codec;
  if (options.format !== undefined) {
    if (codec.kind !== 'instant') return `${name}: { format } is for dates, this is ${codec.name}; leave it out`;
    if (!isInstantFormat(options.format))
      return `${name}: { format } is 'iso', 'epochMs' or 'epochSeconds', found ${describe(options.format)}`;
    result = instant(options.format);
  }
  return options.nullable === true && !result.nullable ? nullable(result) : result;
}

function resolveReference(reference: TypeReference, shapeOf: ShapeLookup): Codec | string {
  const builtIn = BUILT_IN.get(reference);
  if (builtIn !== undefined) return builtIn;
  if (typeof reference === 'object') return resolveExpression(reference, shapeOf);
  if (reference === undefined) return NOT_LOADED;
  if (typeof reference !== 'function')
    return `${String(reference)} is no type; write a class, list(…), dict(…), enumOf(…), literal(…) or json()`;
  if (isFieldClass(reference)) return resolveFieldClass(reference);
  if (MODEL in reference) {
    const model = reference as unknown as PlainClass;
    return nestedDocument(model, () => shapeOf(model));
  }
  if (reference.prototype === undefined) return resolveReference((reference as () => TypeReference)(), shapeOf);
  return resolveClass(reference as PlainClass);
}

function resolveExpression(reference: TypeReference, shapeOf: ShapeLookup): Codec | string {
  if (reference === null || !('toCodec' in reference))
    return 'its type is no class; write a class, list(…), dict(…) or a function that returns one';
  try {
    return reference.toCodec((inner) => {
      const codec = resolveReference(inner, shapeOf);
      if (typeof codec === 'string') throw new UnresolvedType(codec);
      return codec;
    });
  } catch (error) {
    if (error instanceof UnresolvedType) return error.message;
    throw error;
  }
}

class UnresolvedType extends Error {}

function resolveFieldClass(reference: FieldClass): Codec | string {
  const kind = reference[FIELD_KIND];
  if (kind === 'list') return 'element type unknown; write @Field(list(String)), or the type that its items have';
  if (kind === 'dict') return 'value type unknown; write @Field(dict(String)), or the type that its values have';
  return FIELD_KINDS[kind] ?? `${reference.name} cannot be declared; name the type of its value`;
}

const NOT_LOADED =
  'its class is not loaded yet, because modules import one another in a circle; write a function that returns it: () => TheClass';

const AMBIGUOUS_TYPE =
  'its type is ambiguous (a union, an interface or null); write @Field(String, { nullable: true }), or the type that it has';

/** What compilers emit for types that no class represents. */
const AMBIGUOUS = new Map<unknown, string>([
  [Object, 'Object says nothing of what it holds; write json() for any JSON value, dict(…) for values of one type, or a class'],
  [Array, 'element type unknown; write @Field(list(String)), or the type that its items have'],
  [Function, 'its type is unknown (an import type, or a function); import the class as a value and write @Field(() => TheClass)'],
  [Symbol, 'symbols cannot be stored; remove @Field'],
  [Map, 'a Map cannot be stored as one; write @Field(dict(String)), or the type that its values have'],
  [Set, 'a Set cannot be stored as one; write @Field(list(String)), or the type that its items have'],
  [Promise, 'promises cannot be stored; remove @Field'],
]);

/** The contents of these classes are not in their members, so class-transformer would store `{}`. */
const TEXTS = new Set<unknown>([RegExp, URL, URLSearchParams, Error]);
const BUFFERS = new Set<unknown>([
  ...[ArrayBuffer, SharedArrayBuffer, DataView, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
]);

function resolveClass(reference: PlainClass): Codec | string {
  return (
    AMBIGUOUS.get(reference) ??
    builtInProblem(reference) ??
    constructorProblem(reference) ??
    memberProblem(reference) ??
    classInstance(reference)
  );
}

function builtInProblem(reference: PlainClass): string | undefined {
  const subject = `${/^[AEIO]/.test(reference.name) ? 'an' : 'a'} ${reference.name} cannot be stored as one`;
  if (TEXTS.has(reference)) return `${subject}; write @Field(String), and store its text`;
  return BUFFERS.has(reference) ? `${subject}; write @Field(list(Number)), or @Field(Uint8Array) for bytes` : undefined;
}

/** Prevents writing documents that could not be read again. */
function constructorProblem(reference: PlainClass): string | undefined {
  try {
    Reflect.construct(reference, []);
    return undefined;
  } catch (error) {
    const way = `makes a ${reference.name} without arguments, but its constructor throws`;
    return `class-transformer ${way}: ${String(error)}; give its parameters defaults`;
  }
}

/** Refuses members that would be read as something else than what was written. */
function memberProblem(reference: PlainClass): string | undefined {
  const lost = lostMember(reference);
  if (lost === undefined) return undefined;
  const kind = lost.value.constructor.name;
  const way = MEMBER_WAYS[kind] ?? `write @Type(() => ${kind}) ${lost.name} in ${reference.name}`;
  return `${reference.name}.${lost.name} is a ${kind}, and class-transformer does not make one when it is read again; ${way}`;
}

const AS_FIELD = 'declare it as a field of the model instead';

/** `@Type` gives only the contents of a Map or a Set; that it is one, only some compilers emit. */
const MEMBER_WAYS: Readonly<Record<string, string>> = {
  Map: `${AS_FIELD}: @Field(dict(…))`,
  Set: `${AS_FIELD}: @Field(list(…))`,
  Uint8Array: `${AS_FIELD}: @Field(Uint8Array)`,
};

function thunkValue(reference: unknown): unknown {
  return typeof reference === 'function' && reference.prototype === undefined ? (reference as () => unknown)() : reference;
}

function isFieldClass(value: unknown): value is FieldClass {
  return typeof value === 'function' && FIELD_KIND in value;
}
