import { describe } from '../input/describe';
import { SchemaError } from '../errors/definition';
import { declarationOf, designTypeOf, type FieldDeclaration } from './declarations';
import type { FieldOptions, IndexOptions, ModelOptions } from './options';
import type { DefaultOf, TypeExpression, TypeReference, ValueOf } from './type-reference';

/**
 * Decorates a property that can hold `Value`, and `Null` where the field is nullable. Called by the legacy convention (prototype, name) or by the
 * standard one (undefined, context). One signature serves both, because compilers report for each overload why it does not fit.
 */
export type FieldDecorator<Value = unknown, Null = never> = <
  Target extends object | undefined,
  Context extends string | symbol | ClassFieldDecoratorContext,
>(
  target: Target,
  context: Context & Fitting<Target, Context, Value, Null>,
) => void;

type Fitting<Target, Context, Value, Null> = Target extends abstract new (...args: never[]) => unknown
  ? FieldsAreOfInstances
  : Context extends { readonly static: true }
    ? FieldsAreOfInstances
    : FittingProperty<PropertyOf<Target, Context>, Value, Null>;

type PropertyOf<Target, Context> =
  Context extends ClassFieldDecoratorContext<infer _, infer Property> ? Property : Context extends keyof Target ? Target[Context] : unknown;

/** Refuses only what can never be right: neither type is assignable to the other, or the property's type hides that it may be null. */
type FittingProperty<Property, Value, Null> = [Property] extends [Roughly<Value> | null | undefined]
  ? WithNull<Property, Null>
  : [Value] extends [Property]
    ? WithNull<Property, Null>
    : TypeDoesNotFit<Value, Property>;

/**
 * For an array, only the members that distinguish it from other types: otherwise compilers would create and compare the types of all its methods for
 * each item type.
 */
type Roughly<Value> = Value extends readonly (infer Item)[]
  ? readonly Item[] extends Value
    ? { readonly [index: number]: Item; readonly flat: unknown }
    : Value
  : Value;

type WithNull<Property, Null> = [Null] extends [Property]
  ? unknown
  : [undefined] extends [Property]
    ? unknown
    : NullableFieldNeeds<Property | null>;

// The following types have no values: compilers show their names and keys to users who have declared a field wrongly.

interface TypeDoesNotFit<Declared, Property> {
  readonly 'the declared type does not fit the type of the property': [declared: Declared, property: Property];
}

interface NullableFieldNeeds<Property> {
  readonly 'a nullable field needs a property that may be null': Property;
}

interface FieldsAreOfInstances {
  readonly 'a field of a document cannot be static': never;
}

/** Decorates a class, called by either convention. */
export type ModelDecorator = (model: abstract new (...args: never[]) => object, context?: ClassDecoratorContext) => void;

/**
 * Declares a class as a document model.
 *
 * @example
 * ```ts
 * @Model({ prefix: 'usr', ttl: 3600 })
 * class User extends AtomicRedisModel {}
 * ```
 */
export function Model(options: ModelOptions = {}): ModelDecorator {
  refuseNoOptions(options);
  return (model, context) => {
    const declaration = declarationOf(model);
    declaration.options = Object.freeze({ ...options });
    // Not every compiler puts the metadata object on the class, so the records of the fields are moved to the class.
    const metadata = context?.metadata as object | undefined;
    if (metadata !== undefined) declaration.fields.push(...declarationOf(metadata).fields);
  };
}

/**
 * Declares a field of a document.
 *
 * @param type - Its type. You may leave it out where the compiler emits metadata and the property's type is unambiguous.
 * @example
 * ```ts
 * @Field(String) name!: string;
 * @Field(() => Address, { nullable: true }) address!: Address | null;
 * ```
 */
export function Field<R extends TypeReference = TypeExpression, Nullable extends boolean = false>(
  type?: R,
  options?: FieldOptions<Nullable, OrMade<DefaultOf<R> | NullIf<Nullable>>>,
): FieldDecorator<ValueOf<R>, NullIf<Nullable> | NullIn<ValueOf<R>>>;
export function Field(...given: [type?: TypeReference, options?: FieldOptions]): FieldDecorator<never> {
  const [type, options = {}] = given;
  if (typeof options !== 'object' || 'kind' in options) throw new TypeError(withoutParentheses('Field(String)', options));
  const isTypeGiven = given.length > 0;
  return record((name, designType) => ({ name, type, isTypeGiven, designType, options: Object.freeze({ ...options }), isField: true }));
}

type NullIf<Nullable> = [Nullable] extends [true] ? null : never;
type NullIn<Value> = Extract<Value, null>;
/** A value, or a function that makes one. */
type OrMade<Value> = [Value] extends [infer Given] ? Given | (() => Given) : never;

/** Makes a field the pk of its document. Use it beside `@Field`. */
export function Key(): FieldDecorator;
export function Key(...given: []): FieldDecorator<never> {
  requireParentheses('Key()', given);
  return record((name) => ({ name, isKey: true }));
}

/**
 * Makes a whole-number field count the commits of its document. Use it beside `@Field(Number)` or alone. Only commits change it; an assignment is refused. A
 * new document is stored as version 1, whatever value was given. `save()` of a built document takes the given value as the version that was read.
 *
 * `save()` of the document, `saveChanges()`, `pipeline`, `transact` and `withLock(…, { saveAtEnd: true })` check it and throw `VersionConflictError` when the
 * document has changed since it was read. All other verbs that change fields, such as `aupdate`, `aset`, `aappend` and `increase`, only increment it: they
 * change their own place, whatever the version is.
 */
export function Version(): FieldDecorator<number | { value: number }>;
export function Version(...given: []): FieldDecorator<never> {
  requireParentheses('Version()', given);
  return record((name, designType) => ({ name, designType, isVersion: true }));
}

/**
 * Puts a field into the index of its class, so that documents can be found by it: `findBy`, `findOneBy`, `countBy`. Use it beside `@Field`. It can be
 * used for texts, numbers, booleans, enums, bigints, dates that are stored as numbers, and lists of these except booleans, in nested models, too.
 *
 * @example
 * ```ts
 * @Index() @Field(String) email!: string;
 * @Index({ sortable: true }) @Field(Date, { format: 'epochMs' }) createdAt!: Date;
 * ```
 */
export function Index(options?: IndexOptions): FieldDecorator;
export function Index(...given: [options?: IndexOptions]): FieldDecorator<never> {
  const [options = {}, ...others] = given as unknown[];
  if (others.length > 0 || typeof options !== 'object') throw new TypeError(withoutParentheses('Index()', others[0] ?? options));
  return record((name) => ({ name, index: Object.freeze({ ...options }) }));
}

type StandardContext = Pick<ClassFieldDecoratorContext, 'name' | 'metadata' | 'static' | 'private'> & { readonly kind: string };

function record(declare: (name: string, designType: unknown) => FieldDeclaration): FieldDecorator<never> {
  return (target: object | undefined, context?: string | symbol | StandardContext, descriptor?: PropertyDescriptor) => {
    if (typeof context === 'object') recordStandard(declare(nameOf(context.name), undefined), context);
    else {
      if (context === undefined) refuseProposalOf2018(target);
      if ((descriptor?.get ?? descriptor?.set ?? descriptor?.value) !== undefined) throw noProperty(nameOf(context));
      // For a static member, the target is the class itself.
      const isStatic = typeof target === 'function';
      const name = nameOf(context);
      const owner = isStatic ? target : (target as object).constructor;
      declarationOf(owner).fields.push(placed(declare(name, designTypeOf(target as object, name)), isStatic));
    }
  };
}

function recordStandard(declaration: FieldDeclaration, { kind, metadata, static: isStatic, private: isPrivate }: StandardContext): void {
  const { name } = declaration;
  if (kind !== 'field') throw noProperty(name);
  if (isPrivate) throw new TypeError(`${name} is private to its class, so nothing could read or write it; give the field a public name`);
  if ((metadata as object | undefined) === undefined) {
    const compilers = 'TypeScript 5.2, Babel with decorators of version 2023-11, esbuild 0.21, or experimentalDecorators';
    throw new TypeError(`this compiler does not say to which class the field ${name} belongs (context.metadata); use ${compilers}`);
  }
  declarationOf(metadata).fields.push(placed(declaration, isStatic));
}

/** That proposal passed a single description of the property. */
function refuseProposalOf2018(target: object | undefined): void {
  if (target === undefined || !('key' in target && 'placement' in target)) return;
  const remedy = 'set "experimentalDecorators": true in tsconfig.json';
  throw new TypeError(`this compiler calls the decorators of ${String(target.key)} as a proposal of 2018 did; ${remedy}`);
}

/** The error for a member other than a plain property, which would be replaced by the property of the field. */
function noProperty(name: string): TypeError {
  return new TypeError(`${name} is not a plain property, which a field must be; remove accessor, get, set or parentheses`);
}

function placed(declaration: FieldDeclaration, isStatic: boolean): FieldDeclaration {
  return Object.freeze(isStatic ? { ...declaration, isStatic: true } : declaration);
}

function nameOf(name: string | symbol | undefined): string {
  if (typeof name === 'string') return name;
  throw new TypeError(`the name of a field must be text, found ${describe(name)}`);
}

/** Refuses what untyped callers may pass. */
function refuseNoOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return;
  if (typeof options === 'function') throw new SchemaError(options.name, ['@Model needs parentheses; write @Model()']);
  throw new TypeError(`@Model() takes its options as an object, such as { prefix: 'user' }, found ${describe(options)}`);
}

/** Refuses a decorator without parentheses, which receives the decorated member as its argument. */
function requireParentheses(call: string, given: readonly unknown[]): void {
  if (given.length > 0) throw new TypeError(withoutParentheses(call, given[1] ?? given[0]));
}

function withoutParentheses(call: string, found: unknown): string {
  const { name } = (typeof found === 'object' && found !== null ? found : {}) as { name?: unknown };
  const what = typeof name === 'string' ? `the field ${name}` : describe(found);
  return `@${call.replace(/\(.*/, '')} was called with ${what}; write it with parentheses: @${call}`;
}
