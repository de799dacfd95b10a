import type { Json } from '../codec/codec';
import type { IndexedField } from './indexed-fields';

/** One end of a range. */
export interface Bound {
  readonly value: number;
  /** The value itself is outside. */
  readonly isExclusive: boolean;
}

/** What a value of a field can be. */
export type ValueTest =
  /** Texts as the index keeps them: numbers and booleans, too. */
  { readonly kind: 'oneOf'; readonly texts: readonly string[] } | { readonly kind: 'between'; readonly min?: Bound; readonly max?: Bound };

/** A condition on documents, as data. */
export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  /** One of the values of a field is such. */
  | { readonly kind: 'has'; readonly field: IndexedField; readonly test: ValueTest }
  /** A document has nothing at the place of an attribute; null is something. */
  | { readonly kind: 'lacks'; readonly attribute: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expression[] }
  | { readonly kind: 'not'; readonly part: Expression };

export const ALL: Expression = Object.freeze({ kind: 'all' });
export const NONE: Expression = Object.freeze({ kind: 'none' });

/** All and none are only ever the whole: queries have no words for them inside of others. */
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
 * Documents of which a value of the field is such. One that lacks the field is read with its default, so it is among them when that is such a value.
 */
export function has(field: IndexedField, test: ValueTest): Expression {
  const found: Expression = { kind: 'has', field, test };
  const initial = field.makeDefault?.();
  const values = initial === undefined ? [] : [initial].flat();
  return values.some((value) => passes(value, test)) ? or([found, lacks(field)]) : found;
}

/** Documents in which the field is null. An index keeps nothing of null, so they are those without any value. */
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

/** A stored value as the index keeps it. */
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
