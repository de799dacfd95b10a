import { describe } from '../input/describe';
import { unknownOptions, type OptionNames } from '../input/options';
import { SchemaError } from '../errors/definition';
import { isName } from '../codec/scalars';
import { ttlMsOf } from '../input/seconds';
import { JsonPath } from '../path/json-path';
import { indexTypeOf, type Codec } from '../codec/codec';
import type { FieldDeclaration } from './declarations';
import type { ModelClass } from './model-schema';
import { FIELD_OPTIONS, INDEX_OPTIONS, isTtlRefresh, MODEL_OPTIONS, type IndexOptions, type ModelOptions } from './options';
import type { ResolvedType } from './resolve-type';
import { MODEL, THIS_COPY } from './type-reference';

/** Refuses anything but a class of documents that this copy of the package can work with. */
export function requireOwnModel(model: ModelClass | undefined): asserts model is ModelClass {
  if (typeof model !== 'function' || !(MODEL in model))
    throw new TypeError('a verb of a model was called without its model; pass (pk) => User.get(pk), not User.get');
  if (model[MODEL] !== THIS_COPY)
    throw new SchemaError(model.name, ['its base class is from another copy of redatom; let all modules import one (npm ls redatom)']);
  if (Object.hasOwn(model, MODEL)) throw new SchemaError(model.name, ['it is the base class; name a class of your own that extends it']);
}

/** All problems of a class as a whole, each with what to write instead. */
export function problemsOfClass(model: ModelClass, options: ModelOptions | undefined, fields: readonly FieldDeclaration[]): string[] {
  const problems: string[] = [];
  if (options === undefined) problems.push(`it has no decorator; write @Model() above class ${model.name}`);
  problems.push(...problemsOfOptions(options ?? {}));
  for (const [mark, decorator] of [
    ['isKey', '@Key()'],
    ['isVersion', '@Version()'],
  ] as const) {
    const names = fields.filter((field) => field[mark] === true).map((field) => field.name);
    if (names.length > 1) problems.push(`${decorator} is on ${names.join(' and ')}; only one field can have it`);
  }
  return problems;
}

function problemsOfOptions(options: ModelOptions): string[] {
  const { ttl, refreshTtl, connection, hashTag } = options;
  const problems = problemsOfNames('@Model()', options, MODEL_OPTIONS);
  if (ttl !== undefined && ttlMsOf(ttl) === undefined) {
    const found = typeof ttl === 'number' ? String(ttl) : describe(ttl);
    problems.push(`{ ttl } must be a positive number of seconds, found ${found}; write { ttl: 3600 }`);
  }
  if (refreshTtl !== undefined && !isTtlRefresh(refreshTtl)) {
    problems.push(`{ refreshTtl } is 'never', 'onWrite' or 'onUse', found ${describe(refreshTtl)}`);
  }
  if (connection !== undefined && !isName(connection))
    problems.push(`{ connection } must be text that is not empty, found ${describe(connection)}; write { connection: 'main' }`);
  if (hashTag !== undefined && (!isName(hashTag) || /[{}]/.test(hashTag)))
    problems.push(`{ hashTag } must be text without braces that is not empty, found ${describe(hashTag)}; write { hashTag: 'shop' }`);
  return problems;
}

/** The problems of the first part of the keys. */
export function problemsOfPrefix(found: unknown, { isOwn }: { isOwn: boolean }): string[] {
  if (isName(found)) return [];
  const [source, remedy] = isOwn ? ['classKeyInitials() gives', "return 'user'"] : ['{ prefix } must be', "write { prefix: 'user' }"];
  return [`${source} text that is not empty, found ${describe(found)}; ${remedy}`];
}

function problemsOfNames(decorator: string, options: object, known: OptionNames): string[] {
  const ways = Object.keys(known).join(', ');
  return unknownOptions(options, known).map((name) => `${decorator} knows no option "${name}"; write one of ${ways}`);
}

/** The problem of a field that is independent of its type. */
export function problemOfName(model: ModelClass, { name, isField, isVersion, isStatic }: FieldDeclaration): string | undefined {
  if (isStatic === true) return `${name}: it is static, but fields belong to instances; remove static or the decorator`;
  if (isField !== true && isVersion !== true) return `${name}: it has no @Field(); write @Field(String), or the type that it has`;
  if (name === '__proto__' || Reflect.has(libraryPrototype(model), name))
    return `${name}: the name belongs to the model's own members; choose another`;
  if (!JsonPath.root.member(name).addressable)
    return `${name}: RedisJSON cannot address a name with a backslash, both kinds of quote or a leading blank; choose another`;
  return undefined;
}

/** The prototype of the library's own class that a model extends. */
export function libraryPrototype(model: ModelClass): object {
  let at = model;
  while (!Object.hasOwn(at, MODEL)) at = Object.getPrototypeOf(at) as ModelClass;
  return at.prototype;
}

/** All problems of a field whose type is known. */
export function problemsOfField({ name, isKey, isVersion, index, options = {} }: FieldDeclaration, { codec }: ResolvedType): string[] {
  const problems = problemsOfNames(`${name}: @Field()`, options, FIELD_OPTIONS);
  if (isKey === true && (codec.nullable || codec.nestsFreely || ['list', 'dict', 'model', 'bytes'].includes(codec.kind))) {
    problems.push(`${name}: a key must be text, a number, a date or an enum, this is ${codec.name}; write @Field(String)`);
  }
  if (isVersion === true && (codec.nullable || (codec.kind !== 'integer' && codec.kind !== 'float'))) {
    problems.push(`${name}: a version must be a whole number, this is ${codec.name}; write @Version() ${name}!: number`);
  }
  if (index !== undefined) problems.push(...problemsOfIndex({ name, index }, codec));
  return problems;
}

function problemsOfIndex({ name, index }: { name: string; index: IndexOptions }, codec: Codec): string[] {
  const problems = problemsOfNames(`${name}: @Index()`, index, INDEX_OPTIONS);
  const { sortable } = index;
  if (sortable !== undefined && typeof sortable !== 'boolean')
    problems.push(`${name}: { sortable } must be true or false, found ${describe(sortable)}`);
  const isList = codec.kind === 'list';
  const problem = problemOfIndexed(codec, isList);
  if (problem !== undefined) problems.push(`${name}: ${problem}`);
  else if (isList && sortable === true) problems.push(`${name}: a list of values has no place in an order; remove { sortable }`);
  return problems;
}

function problemOfIndexed(codec: Codec, isList: boolean): string | undefined {
  const one = isList ? (codec.element as Codec) : codec;
  if (indexTypeOf(one, { isMany: isList }) !== undefined) return undefined;
  if (one.kind === 'instant') return "an index compares dates as numbers; write @Field(Date, { format: 'epochMs' })";
  if (one.kind === 'model') return 'an index holds single values; write @Index() at fields of the nested model instead';
  return `an index cannot hold ${codec.name}; remove @Index()`;
}
