import { defineCodec, Mismatch, plainOf, type Codec, type IndexType, type Json } from './codec';

interface ScalarRules<Stored extends Json>
  extends Pick<Codec, 'kind' | 'name' | 'indexType'>, Partial<Pick<Codec, 'storedAs' | 'choices'>> {
  /** The expected value, for error messages. */
  readonly expected: string;
  readonly accepts: (value: unknown) => value is Stored;
  /** Whether a stored value fits. Default: `accepts`. */
  readonly fits?: Codec['fits'];
}

/** A codec whose runtime form is its stored form. */
function scalar<Stored extends Json>({ expected, accepts, fits = accepts, ...facts }: ScalarRules<Stored>): Codec {
  return defineCodec({
    ...facts,
    identity: true,
    encode: (value) => {
      const plain = plainOf(value);
      if (!accepts(plain)) throw Mismatch.of(expected, plain);
      return plain;
    },
    fits,
    check: (json) => {
      if (!fits(json)) throw Mismatch.of(expected, json);
    },
    decode: (json) => json,
  });
}

/** Text without unpaired surrogates, which UTF-8 cannot carry. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

/** Text that is not empty. */
export function isName(value: unknown): value is string {
  return isText(value) && value !== '';
}

/** `string`, stored as a JSON string. */
export const text = scalar({
  kind: 'text',
  name: 'string',
  expected: 'text (well-formed Unicode)',
  accepts: isText,
  fits: (json) => typeof json === 'string',
  storedAs: 'string',
  indexType: 'TAG',
});

/** A whole number between ±(2^53 − 1), stored as a JSON number. */
export const integer = scalar({
  kind: 'integer',
  name: 'integer',
  expected: 'a whole number between -(2^53 - 1) and 2^53 - 1',
  storedAs: 'integer',
  indexType: 'NUMERIC',
  accepts: (value): value is number => Number.isSafeInteger(value),
});

/** A finite number, stored as a JSON number. */
export const float = scalar({
  kind: 'float',
  name: 'number',
  expected: 'a finite number',
  storedAs: 'number',
  indexType: 'NUMERIC',
  accepts: (value): value is number => typeof value === 'number' && Number.isFinite(value),
  fits: (json) => typeof json === 'number',
});

/** `boolean`, stored as `true` or `false`. */
export const flag = scalar({
  kind: 'value',
  name: 'boolean',
  expected: 'true or false',
  storedAs: 'boolean',
  indexType: 'TAG',
  choices: [true, false],
  accepts: (value): value is boolean => typeof value === 'boolean',
});

/** One of a fixed set of texts, numbers or booleans, stored as it is. */
export function choice(name: string, values: readonly (string | number | boolean)[]): Codec {
  const allowed = new Set<unknown>(values);
  return scalar({
    kind: 'value',
    name,
    expected: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
    accepts: (value): value is string => allowed.has(value),
    indexType: commonIndexType(values),
    choices: values,
  });
}

/** The index type that fits all values. An index stores `true` as text, and cuts texts off at a NUL. */
function commonIndexType(values: readonly (string | number | boolean)[]): IndexType | undefined {
  const kept = values.map((value) => (typeof value === 'number' ? value : String(value)));
  const numbers = kept.filter((value) => typeof value === 'number').length;
  if (numbers > 0) return numbers === kept.length ? 'NUMERIC' : undefined;
  const areTold = new Set(kept).size === new Set(values).size && !kept.some((text) => String(text).includes('\0'));
  return areTold ? 'TAG' : undefined;
}

const DECIMAL = /^(0|-?[1-9][0-9]*)$/;

/** `bigint` of any size, stored as decimal text. */
export const bigInteger = defineCodec({
  kind: 'value',
  name: 'bigint',
  indexType: 'TAG',
  encode: (value) => {
    const plain = plainOf(value);
    if (typeof plain !== 'bigint') throw Mismatch.of('a bigint', plain);
    return plain.toString();
  },
  check: (json) => {
    if (typeof json !== 'string' || !DECIMAL.test(json)) throw Mismatch.of('a bigint as decimal text', json);
  },
  decode: (json) => BigInt(json as string),
});
