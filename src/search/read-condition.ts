import { isPlainObject, plainOf, type Codec, type Json } from '../codec/codec';
import { float } from '../codec/scalars';
import { ALL, and, has, isNull, NONE, not, or, textOf, type Bound, type Expression } from './expression';
import { itemsOf, namesOf } from './given';
import type { IndexedField } from './indexed-fields';
import { inside, type Problems } from './problems';

/** A given value, and its place. */
interface Given {
  readonly value: unknown;
  readonly at: string;
}

/** The condition on a field that a value, or an object of operators, expresses. */
export function readCondition(given: Given, field: IndexedField, problems: Problems): Expression {
  return new ConditionReader(field, problems).condition(given);
}

type Read = (reader: ConditionReader, given: Given) => Expression;

const RANGE = ['$gt', '$gte', '$lt', '$lte'];

/** Without the range operators, which are read together. */
const OPERATORS: Readonly<Record<string, Read>> = {
  $eq: (reader, given) => reader.equal(given),
  $ne: (reader, given) => not(reader.equal(given)),
  $in: (reader, given) => reader.oneOf(given),
  $nin: (reader, given) => not(reader.oneOf(given)),
  $all: (reader, given) => reader.all(given),
};

class ConditionReader {
  constructor(
    private readonly field: IndexedField,
    private readonly problems: Problems,
  ) {}

  condition({ value, at }: Given): Expression {
    if (!isPlainObject(value)) return this.equal({ value, at });
    const names = namesOf(value);
    if (names.length === 0) return this.refuse({ value, at }, 'a value or operators');
    const isRange = (name: string): boolean => this.field.type !== 'TAG' && RANGE.includes(name);
    const parts = names.filter((name) => !isRange(name)).map((name) => this.operator(name, { value: value[name], at: inside(at, name) }));
    return and(names.some(isRange) ? [...parts, this.range(value, at)] : parts);
  }

  equal(given: Given): Expression {
    const { value } = given;
    if (Array.isArray(value))
      return this.refuse(given, this.field.isMany ? 'one value, or { $all: [] } or { $in: [] }' : 'one value, or { $in: [] }');
    if (plainOf(value) === null) return this.nothing(given);
    const text = this.text(given);
    return text === undefined ? ALL : has(this.field, { kind: 'oneOf', texts: [text] });
  }

  oneOf(given: Given): Expression {
    const { value, at } = given;
    if (!Array.isArray(value)) return this.refuse(given, 'a list of values');
    const items = itemsOf(value).map((item, index) => ({ value: plainOf(item), at: `${at}[${index}]` }));
    const nothing = items.find((item) => item.value === null);
    const texts = items.filter((item) => item.value !== null).map((item) => this.text(item) ?? '');
    return or([
      texts.length === 0 ? NONE : has(this.field, { kind: 'oneOf', texts }),
      nothing === undefined ? NONE : this.nothing(nothing),
    ]);
  }

  all(given: Given): Expression {
    const { value, at } = given;
    if (!this.field.isMany) return this.refuse(given, 'a field of several values');
    if (!Array.isArray(value) || value.length === 0) return this.refuse(given, 'a list of at least one value');
    return and(itemsOf(value).map((item, index) => this.equal({ value: item, at: `${at}[${index}]` })));
  }

  private operator(name: string, given: Given): Expression {
    const read = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (read !== undefined) return read(this, given);
    const isRange = RANGE.includes(name);
    return this.refuse(given, isRange ? 'a field of numbers or dates, because others have no order in an index' : this.operators());
  }

  private operators(): string {
    const { isMany, type } = this.field;
    const names = Object.keys(OPERATORS).filter((name) => isMany || name !== '$all');
    return `one of the operators ${[...names, ...(type === 'TAG' ? [] : RANGE)].join(', ')}`;
  }

  private range(operators: Record<string, unknown>, at: string): Expression {
    const min = this.bound(operators, at, ['$gt', '$gte']);
    const max = this.bound(operators, at, ['$lt', '$lte']);
    return has(this.field, { kind: 'between', ...(min && { min }), ...(max && { max }) });
  }

  private bound(operators: Record<string, unknown>, at: string, [exclusive, inclusive]: [string, string]): Bound | undefined {
    const given = [exclusive, inclusive].filter((name) => name in operators);
    if (given.length > 1) this.refuse({ value: operators, at }, `${exclusive} or ${inclusive}, not both`);
    const [name] = given;
    if (name === undefined) return undefined;
    const { codec } = this.field;
    // Bounds of whole numbers may be fractions.
    const value = this.stored({ value: operators[name], at: inside(at, name) }, codec.kind === 'integer' ? float : codec);
    return { value: value as number, isExclusive: name === exclusive };
  }

  private nothing(given: Given): Expression {
    const { codec, isMany } = this.field;
    if (isMany) return this.refuse(given, 'a value, because an index keeps nothing of items that are null');
    if (!codec.nullable) return this.refuse(given, 'a value, because the field is never null');
    return isNull(this.field);
  }

  /** The stored form of a value as the index stores it; undefined if the value is invalid. */
  private text(given: Given): string | undefined {
    const stored = this.stored(given, this.field.codec);
    if (stored === undefined) return undefined;
    const text = textOf(stored);
    if (!text.includes('\0')) return text;
    this.refuse(given, 'text without NUL, at which an index cuts it off');
    return undefined;
  }

  private stored({ value, at }: Given, codec: Codec): Json | undefined {
    try {
      // Checked here, because nullable codecs accept undefined as null.
      if ((plainOf(value) ?? null) !== null) return codec.encode(value);
      this.refuse({ value, at }, value === undefined ? 'a value (leave the condition out where there is none)' : codec.name);
    } catch (error) {
      this.problems.addMismatch(at, error);
    }
    return undefined;
  }

  private refuse({ value, at }: Given, expected: string): Expression {
    this.problems.add(at, expected, value);
    return ALL;
  }
}
