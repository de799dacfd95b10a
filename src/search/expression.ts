import type { Json } from '../codec/codec';
import type { IndexedField } from './indexed-fields';

/** One end of a range. */
export interface Bound {
  readonly value: number;
  /** Whether the value itself is excluded. */
  readonly isExclusive: boolean;
}

/** A test of one value of a field. */
export type ValueTest =
  /** Texts as the index stores them, including numbers and booleans. */
  { readonly kind: 'oneOf'; readonly texts: readonly string[] } | { readonly kind: 'between'; readonly min?: Bound; readonly max?: Bound };

/** A condition on documents, as data. */
export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  /** One of the values of a field passes the test. */
  | { readonly kind: 'has'; readonly field: IndexedField; readonly test: ValueTest }
  /** The document has nothing at the path of an attribute; null counts as something. */
  | { readonly kind: 'lacks'; readonly attribute: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression };

export const ALL: Expression = Object.freeze({ kind: 'all' });
export const NONE: Expression = Object.freeze({ kind: 'none' });

/** Simplifies, so that `all` and `none` occur only as a whole condition: queries cannot express them inside others. */
export function and(parts: readonly Expression[]): Expression {
  return joined('and', parts, { neutral: ALL, final: NONE });
}

export function or(parts: readonly Expression[]): Expression {
  return joined('or', parts, { neutral: NONE, final: ALL });
}

export function not(part: Expression): Expression {
  if (part.kind === 'all') return NONE;
  if (part.kind === 'none') return ALL;
  return part.kind === 'not' ? part.part : { kind: 'not', part };
}

function joined(
  kind: 'and' | 'or',
  given: readonly Expression[],
  { neutral, final }: { neutral: Expression; final: Expression },
): Expression {
  const parts = given.filter((part) => part.kind !== neutral.kind).flatMap((part) => (part.kind === kind ? part.parts : [part]));
  if (parts.some((part) => part.kind === final.kind)) return final;
  const [only] = parts;
  if (only === undefined) return neutral;
  return parts.length === 1 ? only : { kind, parts };
}

/**
 * Documents in which a value of the field passes the test. A document that lacks the field is read with the default, so it is included if the default
 * passes.
 */
export function has(field: IndexedField, test: ValueTest): Expression {
  const found: Expression = { kind: 'has', field, test };
  const initial = field.makeDefault?.();
  const values = initial === undefined ? [] : [initial].flat();
  return values.some((value) => passes(value, test)) ? or([found, lacks(field)]) : found;
}

/** Documents in which the field is null. An index stores nothing for null, so these are the documents without any value. */
export function isNull(field: IndexedField): Expression {
  const { presence } = field;
  const empty = presence === undefined ? not({ kind: 'has', field, test: anyValue(field) }) : lacks(presence);
  const initial = field.makeDefault?.() ?? null;
  return initial === null ? empty : and([empty, not(lacks(field))]);
}

function lacks({ name }: { name: string }): Expression {
  return { kind: 'lacks', attribute: name };
}

function anyValue({ type, codec: { choices = [] } }: IndexedField): ValueTest {
  return type === 'NUMERIC' ? { kind: 'between' } : { kind: 'oneOf', texts: choices.map(textOf) };
}

/** A stored value as the index stores it. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function passes(value: Json, test: ValueTest): boolean {
  if (value === null) return false;
  if (test.kind === 'oneOf') return test.texts.includes(textOf(value));
  const { min, max } = test;
  const number = value as number;
  if (min !== undefined && (min.isExclusive ? number <= min.value : number < min.value)) return false;
  return max === undefined || (max.isExclusive ? number < max.value : number <= max.value);
}
