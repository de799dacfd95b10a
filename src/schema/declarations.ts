import 'reflect-metadata';
import { getOrMake } from '../memo/get-or-make';
import type { FieldOptions, IndexOptions, ModelOptions } from './options';
import type { TypeReference } from './type-reference';

/** What one `@Field`, `@Key`, `@Index` or `@Version` declares about one property. */
export interface FieldDeclaration {
  readonly name: string;
  readonly type?: TypeReference | undefined;
  /** A type was written, though it may have been undefined when the decorator ran. */
  readonly isTypeGiven?: boolean;
  /** `design:type`, where the compiler emits it. A hint only. */
  readonly designType?: unknown;
  readonly options?: FieldOptions;
  readonly isField?: true;
  readonly isKey?: true;
  readonly isVersion?: true;
  /** The options of `@Index`. */
  readonly index?: IndexOptions;
  /** The decorator is on a static member, which is not part of a document. */
  readonly isStatic?: true;
}

/** What the decorators of one class declare; inherited classes have records of their own. */
export interface ClassDeclaration {
  options?: ModelOptions;
  readonly fields: FieldDeclaration[];
}

/** Shared by all copies of the package in one process, so that decorators of one copy can be used on a class of another. */
const STORE = Symbol.for('redatom/declarations');

const globals = globalThis as { [STORE]?: WeakMap<object, ClassDeclaration> };
globals[STORE] ??= new WeakMap<object, ClassDeclaration>();
const byOwner = globals[STORE];

// Compilers of standard decorators pass data between them through this symbol, which Node 20 lacks.
(Symbol as { metadata?: symbol }).metadata ??= Symbol.for('Symbol.metadata');

/** The own record of a class, or of the metadata object that represents it while its body is evaluated. */
export function declarationOf(owner: object): ClassDeclaration {
  return getOrMake(byOwner, owner, () => ({ fields: [] }));
}

/** The own record of a class. For a base class without `@Model`, the record of its standard decorators is on its metadata object. */
export function ownDeclaration(model: object): ClassDeclaration | undefined {
  const own = byOwner.get(model);
  if (own !== undefined) return own;
  const metadataKey = (Symbol as { metadata?: symbol }).metadata as keyof typeof model;
  const metadata: unknown = Object.hasOwn(model, metadataKey) ? model[metadataKey] : undefined;
  return typeof metadata === 'object' && metadata !== null ? byOwner.get(metadata) : undefined;
}

export function designTypeOf(prototype: object, name: string): unknown {
  return Reflect.getMetadata('design:type', prototype, name);
}
