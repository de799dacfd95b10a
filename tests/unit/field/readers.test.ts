import { expectTypeOf } from 'expect-type';
import { AtomicRedisModel, Field, Model, RedisBytes, RedisDatetime, RedisFloat, RedisStr } from 'redatom';

@Model()
class Readable extends AtomicRedisModel {
  @Field(RedisStr, { nullable: true }) text!: RedisStr | null;
  @Field(RedisBytes, { nullable: true }) bytes!: RedisBytes | null;
  @Field(RedisDatetime, { nullable: true }) date!: RedisDatetime | null;
  @Field(RedisFloat, { nullable: true }) number!: RedisFloat | null;
}

const PLAIN = { text: 'Ada Lovelace', bytes: Buffer.from('bytes that are read'), date: new Date(1.7e12), number: 12.5 };
const full = Readable.build(PLAIN);
const empty = Readable.build({});

/** Methods that change a plain value, which its place in a document would not notice, and members that say where its memory is. */
type PartOfDate = 'Date' | 'FullYear' | 'Hours' | 'Milliseconds' | 'Minutes' | 'Month' | 'Seconds';
type SetDate = 'setTime' | `set${PartOfDate}` | `setUTC${PartOfDate}`;
const BUFFER_WRITERS = ['copyWithin', 'fill', 'reverse', 'set', 'sort', 'swap16', 'swap32', 'swap64'] as const;
type WriteBuffer = (typeof BUFFER_WRITERS)[number] | Extract<keyof Buffer, `write${string}`>;
type Memory = 'BYTES_PER_ELEMENT' | 'buffer' | 'byteOffset';

expectTypeOf<Exclude<keyof Date, keyof RedisDatetime>>().toEqualTypeOf<SetDate>();
expectTypeOf<Exclude<keyof Buffer, keyof RedisBytes | number | symbol>>().toEqualTypeOf<WriteBuffer | Memory>();
expectTypeOf<Exclude<keyof string, keyof RedisStr | number>>().toEqualTypeOf<never>();
expectTypeOf<Exclude<keyof number, keyof RedisFloat>>().toEqualTypeOf<never>();
expectTypeOf<Extract<keyof Date, keyof RedisDatetime>>().toEqualTypeOf<Exclude<keyof Date, SetDate>>();
expectTypeOf<Extract<keyof RedisDatetime, SetDate>>().toEqualTypeOf<never>();
expectTypeOf<Extract<keyof RedisBytes, WriteBuffer | Memory>>().toEqualTypeOf<never>();

/** Methods that Node has without types, and those that JavaScript keeps only for the web pages of the nineties. */
const UNTYPED = /^(_|inspect$|\w*(Slice|Write)(Static)?$|getYear$|toGMTString$)/;

type Name = keyof typeof PLAIN;
interface Reader {
  readonly name: Name;
  readonly method: string;
}

function methodsOf(prototype: object): string[] {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (parent === null) return [];
  const names = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor' && !UNTYPED.test(name) ? [name] : [],
  );
  return [...new Set([...names, ...methodsOf(parent)])];
}

const ALL: Reader[] = Object.entries(PLAIN).flatMap(([name, value]) =>
  methodsOf(Object.getPrototypeOf(value) as object).map((method) => ({ name: name as Name, method })),
);
const isWriter = ({ name, method }: Reader): boolean =>
  (name === 'date' && method.startsWith('set')) ||
  (name === 'bytes' && (/^write/.test(method) || (BUFFER_WRITERS as readonly string[]).includes(method)));
/** Methods that every bound value has in its own way. */
const isOwn = ({ method }: Reader): boolean => ['toJSON', 'valueOf'].includes(method);

/** The arguments that a method needs to return anything. */
const ARGUMENTS: Record<string, unknown[]> = {
  ...Object.fromEntries(['equals', 'compare'].map((name) => [name, [Buffer.from('b')]])),
  copy: [Buffer.alloc(32)],
  ...Object.fromEntries(
    ['every', 'some', 'find', 'findIndex', 'findLast', 'findLastIndex'].map((name) => [name, [(n: number) => n > 100]]),
  ),
  ...Object.fromEntries(['filter', 'map', 'forEach'].map((name) => [name, [(n: number) => n % 100]])),
  ...Object.fromEntries(['reduce', 'reduceRight'].map((name) => [name, [(a: number, b: number) => a + b]])),
  ...Object.fromEntries(['readIntBE', 'readIntLE', 'readUIntBE', 'readUIntLE', 'readUintBE', 'readUintLE'].map((name) => [name, [1, 3]])),
  ...Object.fromEntries(['match', 'matchAll', 'search', 'split'].map((name) => [name, [/a/g]])),
  replace: ['a', 'b'],
  replaceAll: ['a', 'b'],
  normalize: [],
  repeat: [2],
  localeCompare: ['b'],
  with: [1, 2],
};

const argumentsOf = ({ name, method }: Reader): unknown[] =>
  (Object.hasOwn(ARGUMENTS, method) ? ARGUMENTS[method] : undefined) ??
  (/^(to|get|values|keys|entries|trim|isWell)/.test(method) ? [] : [name === 'text' ? 'a' : 1]);

function called(target: object, reader: Reader): unknown {
  const result = (target as Record<string, (...args: unknown[]) => unknown>)[reader.method]?.(...argumentsOf(reader));
  return typeof result === 'object' && result !== null && 'next' in result ? [...(result as object as Iterable<unknown>)] : result;
}

describe('a bound value', () => {
  test.each(ALL.filter((reader) => !isWriter(reader) && !isOwn(reader)))('of $name reads as the plain one: $method', (reader) => {
    expect(called(full.field(reader.name) as object, reader)).toEqual(called(PLAIN[reader.name] as object, reader));
  });

  test.each(ALL.filter(isWriter))('of $name lacks what would change it unseen: $method', ({ name, method }) => {
    expect(full.field(name)).not.toHaveProperty(method);
  });

  test.each(ALL.filter((reader) => !isWriter(reader) && !isOwn(reader) && reader.method !== 'toString'))(
    'of $name that is null says so: $method',
    (reader) => {
      expect(() => called(empty.field(reader.name) as object, reader)).toThrow(
        expect.objectContaining({ code: 'PATH_MISMATCH', found: 'null', command: reader.method }) as Error,
      );
    },
  );

  test.each(Object.keys(PLAIN) as Name[])('of %s that is null is null as text, as number and as value', (name) => {
    const field = empty.field(name);
    expect([`${String(field)}`, Number(field), field.valueOf(), field.value, field.clone()]).toEqual(['null', 0, null, null, null]);
  });

  test('of bytes knows how many they are', () => {
    const { bytes } = full;
    expect([bytes?.length, bytes?.byteLength, bytes?.toString('hex', 0, 2)]).toEqual([19, 19, '6279']);
  });
});
