import { isContainer, Mismatch, type Codec, type DocumentField, type Json } from '../codec/codec';
import { documentFits } from '../codec/compile-fits';
import { quickCheckOf } from '../codec/quick-check';
import { ttlMsOf } from '../input/seconds';
import { SchemaError } from '../errors/definition';
import { JsonPath } from '../path/json-path';
import { ownDeclaration, type ClassDeclaration, type FieldDeclaration } from './declarations';
import type { ModelClass, ModelSchema } from './model-schema';
import type { ModelOptions } from './options';
import { constructBare, hasConstructorOfItsOwn } from './probe';
import { resolveField, type ResolvedType, type ShapeLookup } from './resolve-type';
import { MODEL } from './type-reference';
import { problemOfName, requireOwnModel, problemsOfClass, problemsOfField, problemsOfPrefix } from './validate';

const compiled = new WeakMap<ModelClass, ModelSchema>();

/**
 * The compiled meaning of a model class; computed on first use, frozen, one per class.
 *
 * @throws {@link SchemaError} the class is declared wrongly; lists every problem.
 */
export function schemaOf(model: ModelClass): ModelSchema {
  return compiled.get(model) ?? compileWithNested(model);
}

/** Compiles the models inside a model with it, so that their problems are reported as early as its own. */
function compileWithNested(model: ModelClass): ModelSchema {
  const schema = compile(model);
  // Models may refer to one another, so this one counts as compiled before the models inside it are.
  compiled.set(model, schema);
  try {
    for (const { codec } of schema.fields) compileModelsIn(codec);
  } catch (error) {
    compiled.delete(model);
    throw error;
  }
  return schema;
}

function compileModelsIn({ model, element }: Codec): void {
  if (model !== undefined) schemaOf(model as ModelClass);
  if (element !== undefined) compileModelsIn(element);
}

const shapeOf: ShapeLookup = (model) => schemaOf(model as ModelClass);

function compile(model: ModelClass): ModelSchema {
  requireOwnModel(model);
  const lineage = lineageOf(model);
  const declarations = mergeFields(lineage.flatMap((ancestor) => ownDeclaration(ancestor)?.fields ?? []));
  const own = ownDeclaration(model);
  const problems = problemsOfClass(model, own?.options, declarations);
  const prefix = prefixOf(lineage, own?.options ?? {}, problems);
  const initial = initialValues(model, problems);
  const fields = declarations.flatMap((declaration) => {
    const problem = problemOfName(model, declaration);
    if (problem !== undefined) {
      problems.push(problem);
      return [];
    }
    const resolved = resolveField(declaration, shapeOf);
    if (typeof resolved === 'string') {
      problems.push(resolved);
      return [];
    }
    problems.push(...problemsOfField(declaration, resolved));
    return [compileField({ declaration, resolved, initial, problems, model })];
  });
  if (problems.length > 0) throw new SchemaError(model.name, problems);
  return assemble({ model, lineage, fields: placed(fields), initial, own, prefix });
}

/** The classes from the base down to the model itself, without the library's own. */
function lineageOf(model: ModelClass): ModelClass[] {
  const out: ModelClass[] = [];
  for (let at = model; !Object.hasOwn(at, MODEL); at = Object.getPrototypeOf(at) as ModelClass) out.unshift(at);
  return out;
}

/** Merges the records of several decorators of one property into one declaration; a later class replaces what an earlier one declared about its type. */
function mergeFields(records: readonly FieldDeclaration[]): FieldDeclaration[] {
  const byName = new Map<string, FieldDeclaration>();
  for (const record of records) {
    const { type, designType, options, ...marks } = record;
    const defined = Object.fromEntries(Object.entries({ type, designType, options }).filter(([, value]) => value !== undefined));
    byName.set(record.name, { ...byName.get(record.name), ...marks, ...(record.isField === true ? { type: undefined } : {}), ...defined });
  }
  return [...byName.values()];
}

const constructing = new Set<ModelClass>();

function initialValues(model: ModelClass, problems: string[]): Record<string, unknown> {
  if (constructing.has(model)) throw new SchemaError(model.name, [`its constructor makes another ${model.name}; make it in a method`]);
  constructing.add(model);
  try {
    return constructBare(model);
  } catch (error) {
    problems.push(...problemsOfConstructor(model, error));
    return {};
  } finally {
    constructing.delete(model);
  }
}

function problemsOfConstructor(model: ModelClass, error: unknown): readonly string[] {
  if (error instanceof SchemaError && error.model === model.name) return error.problems;
  return [`its constructor must work without arguments, but it throws: ${String(error)}; give its parameters defaults`];
}

interface FieldInput {
  readonly declaration: FieldDeclaration;
  readonly resolved: ResolvedType;
  readonly initial: Record<string, unknown>;
  readonly problems: string[];
  readonly model: ModelClass;
}

/** A field whose positions in an instance are not yet known. */
type UnplacedField = Omit<DocumentField, 'madeAt' | 'boundAt'> & { madeAt: number; boundAt: number };

function compileField({ declaration, resolved, initial, problems, model }: FieldInput): UnplacedField {
  const { name } = declaration;
  const field: UnplacedField = {
    name,
    path: JsonPath.root.member(name),
    codec: resolved.codec,
    form: formOf(resolved),
    isKey: declaration.isKey === true,
    isVersion: declaration.isVersion === true,
    index: declaration.index && { sortable: declaration.index.sortable === true },
    makeDefault: defaultMaker(declaration, resolved.codec, { initial: initial[name], model }),
    madeAt: -1,
    boundAt: -1,
  };
  try {
    field.makeDefault?.();
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    problems.push(`${name}: its default does not fit: ${error.message.trim()}`);
  }
  return field;
}

/**
 * Assigns the positions at which instances keep values: first converted values, then bound values, with rarely used ones last. The field objects are
 * kept, because copies would differ in their memory layout, and every read of a property goes through a field.
 */
function placed(fields: readonly UnplacedField[]): DocumentField[] {
  const made = fields.filter(isMade);
  const bound = [...fields.filter(isBound), ...fields.filter((field) => !isBound(field))];
  return fields.map((field) => {
    field.madeAt = made.indexOf(field);
    field.boundAt = made.length + bound.indexOf(field);
    return Object.freeze(field);
  });
}

function isMade({ codec }: UnplacedField): boolean {
  return !codec.identity;
}

function isBound({ form }: UnplacedField): boolean {
  return form === 'bound';
}

/** The default: a class field initialiser or `{ default }`; else null for nullable fields, empty for collections, 0 for counters. */
function defaultMaker(
  { name, options, isVersion }: FieldDeclaration,
  codec: Codec,
  { initial, model }: { initial: unknown; model: ModelClass },
): (() => Json) | undefined {
  if (initial !== undefined) return () => codec.encode(constructBare(model)[name]);
  const given = options?.default;
  if (given !== undefined) {
    return () => codec.encode(typeof given === 'function' ? (given as () => unknown)() : given);
  }
  if (codec.nullable) return () => null;
  if (codec.kind === 'list') return () => [];
  if (codec.kind === 'dict') return () => ({});
  if (isVersion === true || codec.kind === 'integer') return () => 0;
  return undefined;
}

function formOf({ codec, bound }: ResolvedType): DocumentField['form'] {
  if (isContainer(codec)) return 'container';
  if (bound) return 'bound';
  return codec.identity ? 'stored' : 'decoded';
}

interface SchemaInput {
  readonly model: ModelClass;
  readonly lineage: readonly ModelClass[];
  readonly fields: readonly DocumentField[];
  readonly initial: Record<string, unknown>;
  readonly own: ClassDeclaration | undefined;
  readonly prefix: string;
}

function assemble({ model, lineage, fields, initial, own, prefix }: SchemaInput): ModelSchema {
  const options: ModelOptions = own?.options ?? {};
  const byName = new Map(fields.map((field) => [field.name, field]));
  return Object.freeze({
    name: model.name,
    model,
    // Not frozen: V8 reads items of frozen arrays two to three times slower, and reading a document iterates over these.
    fields,
    byName,
    made: fields.filter(isMade),
    keptCount: fields.filter(isMade).length + fields.filter(isBound).length,
    names: fields.map(({ name }) => name),
    quickChecks: fields.map(({ codec }) => quickCheckOf(codec)),
    fits: documentFits(fields),
    prefix,
    ttlMs: ttlMsOf(options.ttl),
    refreshTtl: options.refreshTtl ?? 'onWrite',
    connection: options.connection,
    key: fields.find((field) => field.isKey),
    version: fields.find((field) => field.isVersion),
    hasInitialisers: fields.some((field) => initial[field.name] !== undefined),
    needsConstructor: hasConstructorOfItsOwn(lineage, new Set(byName.keys()), initial),
  });
}

/** The first part of the keys as the decorator of the class declares it; by default the class name. */
export function declaredInitials(model: { readonly name: string }): string {
  return ownDeclaration(model)?.options?.prefix ?? model.name;
}

function prefixOf(lineage: readonly ModelClass[], { hashTag }: ModelOptions, problems: string[]): string {
  const model = lineage[lineage.length - 1] as ModelClass;
  const initials = model.classKeyInitials();
  const isOwn = lineage.some((ancestor) => Object.hasOwn(ancestor, 'classKeyInitials'));
  problems.push(...problemsOfPrefix(initials, { isOwn }));
  return hashTag === undefined ? initials : `{${hashTag}}${initials}`;
}
