import {
  AtomicRedisModel,
  Field,
  json,
  list,
  Model,
  nullable,
  RedisBytes,
  RedisDatetime,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
} from 'redatom';

const HOLDERS = ['text', 'integer', 'float', 'bytes', 'iso', 'epoch', 'big'] as const;

type Holder = (typeof HOLDERS)[number];

@Model()
class Values extends AtomicRedisModel {
  @Field(RedisStr, { nullable: true }) text!: RedisStr | null;
  @Field(RedisInt, { nullable: true }) integer!: RedisInt | null;
  @Field(RedisFloat, { nullable: true }) float!: RedisFloat | null;
  @Field(RedisBytes, { nullable: true }) bytes!: RedisBytes | null;
  @Field(RedisDatetime, { nullable: true }) iso!: RedisDatetime | null;
  @Field(RedisDatetime, { nullable: true, format: 'epochMs' }) epoch!: RedisDatetime | null;
  @Field(BigInt, { nullable: true }) big!: bigint | null;
  @Field(list(nullable(Date))) dates!: RedisList<Date | null>;
  @Field(json(), { default: null }) any!: unknown;
}

const FULL = {
  text: 'dGV4dA==',
  integer: 3,
  float: 1.5,
  bytes: Buffer.from([1, 2]),
  iso: new Date(7),
  epoch: new Date(8),
  big: 9n,
};

const FITTING: readonly (readonly [from: Holder, to: Holder])[] = [
  ['integer', 'float'],
  ['iso', 'epoch'],
  ['epoch', 'iso'],
];

const pairs = HOLDERS.flatMap((from) => HOLDERS.map((to) => ({ from, to })));

function assign(values: Values, to: Holder, given: unknown): void {
  Object.assign(values, { [to]: given });
}

describe('a bound value in the place of a plain one', () => {
  const fits = ({ from, to }: { from: Holder; to: Holder }): boolean => from === to || FITTING.some(([a, b]) => a === from && b === to);

  test.each(pairs.filter(fits))('$from for $to counts as what it holds', ({ from, to }) => {
    const source = Values.build(FULL);
    const target = Values.build({});

    assign(target, to, source.field(from));

    expect(target.field(to).value).toEqual(FULL[from]);
  });

  test.each(pairs.filter((pair) => !fits(pair)))('$from for $to is refused', ({ from, to }) => {
    const source = Values.build(FULL);
    const target = Values.build({});

    expect(() => assign(target, to, source.field(from))).toThrow(expect.objectContaining({ code: 'VALIDATION' }) as Error);

    expect(target.field(to).value).toBeNull();
  });

  test.each(HOLDERS.map((holder) => [holder]))('null in %s counts as null everywhere', (from) => {
    const source = Values.build({});
    for (const to of HOLDERS) {
      const target = Values.build(FULL);
      assign(target, to, source.field(from));
      expect(target.field(to).value).toBeNull();
    }
  });

  test('items of lists and json take them as well', () => {
    const source = Values.build(FULL);
    const target = Values.build({});

    target.dates.push(source.field('epoch') as never, source.field('iso') as never);
    target.any = { when: source.field('iso'), count: source.integer };

    expect(target.toJSON()).toMatchObject({
      dates: ['1970-01-01T00:00:00.008Z', '1970-01-01T00:00:00.007Z'],
      any: { when: '1970-01-01T00:00:00.007Z', count: 3 },
    });
  });
});
