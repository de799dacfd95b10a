import { Type } from 'class-transformer';
import {
  AtomicRedisModel,
  dict,
  enumOf,
  Field,
  json,
  Key,
  list,
  literal,
  Model,
  nullable,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
  Version,
  type Json,
  type PlainModel,
} from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

// What is written down here is a promise: documents outlive the program that wrote them, and programs of two releases share them. A row is only ever added.

@Model()
class Part extends AtomicRedisModel {
  @Field(String) name!: string;
  @Field(RedisInt) count!: RedisInt;
}

class Point {
  x = 0;
  @Type(() => Date)
  at: Date = new Date(0);
}

const INSTANT = new Date('2026-03-05T09:30:00.007Z');
const BYTES = Buffer.from([0, 251, 255, 65]);

@Model()
class Every extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(String, { nullable: true }) text!: string | null;
  @Field(Number, { nullable: true }) number!: number | null;
  @Field(Boolean, { nullable: true }) flag!: boolean | null;
  @Field(BigInt, { nullable: true }) big!: bigint | null;
  @Field(Date, { nullable: true }) iso!: Date | null;
  @Field(Date, { nullable: true, format: 'epochMs' }) epochMs!: Date | null;
  @Field(Date, { nullable: true, format: 'epochSeconds' }) epochSeconds!: Date | null;
  @Field(Uint8Array, { nullable: true }) bytes!: Buffer | null;
  @Field(enumOf({ Red: 'red', One: 1 }), { nullable: true }) colour!: string | number | null;
  @Field(literal('a', 2, true), { nullable: true }) one!: 'a' | 2 | true | null;
  @Field(json(), { nullable: true }) any!: Json;
  @Field(RedisStr, { nullable: true }) boundText!: RedisStr | null;
  @Field(RedisInt, { nullable: true }) boundInt!: RedisInt | null;
  @Field(RedisFloat, { nullable: true }) boundFloat!: RedisFloat | null;
  @Field(RedisDatetime, { nullable: true }) boundDate!: RedisDatetime | null;
  @Field(RedisBytes, { nullable: true }) boundBytes!: RedisBytes | null;
  @Field(list(nullable(Date))) list!: RedisList<Date | null>;
  @Field(dict(BigInt)) dict!: RedisDict<bigint>;
  @Field(list(dict(list(Uint8Array)))) nest!: RedisList<RedisDict<RedisList<Buffer>>>;
  @Field(() => Part, { nullable: true }) part!: Part | null;
  @Field(list(() => Part)) parts!: RedisList<Part>;
  @Field(dict(() => Part)) named!: RedisDict<Part>;
  @Field(Point, { nullable: true }) plain!: Point | null;
}

/** Field, stored text, and the value that it stands for. */
const values: [keyof PlainModel<Every>, string, unknown][] = [
  ['text', '"é\\"\\\\\\n\\u0000😀"', 'é"\\\n\u0000😀'],
  ['text', 'null', null],
  ['number', '1.5', 1.5],
  ['number', '-7', -7],
  ['flag', 'true', true],
  ['big', '"1180591620717411303424"', 2n ** 70n],
  ['big', '"-5"', -5n],
  ['iso', '"2026-03-05T09:30:00.007Z"', INSTANT],
  ['iso', '"-000050-01-01T00:00:00.000Z"', new Date('-000050-01-01T00:00:00Z')],
  ['iso', '"+012026-01-01T00:00:00.000Z"', new Date('+012026-01-01T00:00:00Z')],
  ['epochMs', '1772703000007', INSTANT],
  ['epochSeconds', '1772703000.007', INSTANT],
  ['epochSeconds', '5', new Date(5000)],
  ['bytes', '"APv/QQ=="', BYTES],
  ['colour', '"red"', 'red'],
  ['colour', '1', 1],
  ['one', '2', 2],
  ['one', 'true', true],
  ['any', '{"b":[1,null,{}],"a":"x"}', { b: [1, null, {}], a: 'x' }],
  ['boundText', '"x"', 'x'],
  ['boundInt', '9007199254740991', 9007199254740991],
  ['boundFloat', '0.25', 0.25],
  ['boundDate', '"2026-03-05T09:30:00.007Z"', INSTANT],
  ['boundBytes', '"APv/QQ=="', BYTES],
  ['list', '["2026-03-05T09:30:00.007Z",null]', [INSTANT, null]],
  ['dict', '{"a.b":"1","__proto__x":"2"}', { 'a.b': 1n, __proto__x: 2n }],
  ['nest', '[{"a":["APv/QQ=="],"b":[]},{}]', [{ a: [BYTES], b: [] }, {}]],
  ['part', '{"name":"p","count":3}', { name: 'p', count: 3 }],
  ['parts', '[{"name":"p","count":0}]', [{ name: 'p', count: 0 }]],
  ['named', '{"one":{"name":"p","count":0}}', { one: { name: 'p', count: 0 } }],
  ['plain', '{"x":2,"at":"2026-03-05T09:30:00.007Z"}', Object.assign(new Point(), { x: 2, at: INSTANT })],
];

@Model({ prefix: 'renamed:by' })
class Prefixed extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

@Model({ hashTag: 'shop', ttl: 100 })
class Tagged extends Prefixed {
  @Key() @Field(String) id!: string;
  @Field(String, { default: 'd' }) added!: string;
  @Version() version!: number;
}

@Model()
class CountedId extends AtomicRedisModel {
  @Key() @Field(Number) number!: number;
}

describeOnEveryBackend('the stored form of documents', (backend) => {
  useModels(backend, Every, Prefixed, Tagged, CountedId);

  test.each(values)('%s: %s is written for its value, and read as it', async (field, text, value) => {
    const every = await Every.create({ id: 'written', [field]: value });
    const written = await backend.jsonText(every.key, `.${field}`);
    await backend.send('JSON.SET', 'Every:stored', '$', `{"id":"stored","${field}":${text}}`);

    expect(written).toBe(text);
    expect((await Every.get('stored')).toObject()[field]).toEqual(every.toObject()[field]);
    expect(every.toObject()[field]).toEqual(value);
    await every.delete();
  });

  test('a document has the fields of its parents first, then its own, in the order of their declaration, and its version counts from 1', async () => {
    const tagged = await Tagged.create({ id: 'ada' });
    await tagged.count.increase(4);

    expect(await backend.jsonText('{shop}Tagged:ada', '.')).toBe('{"count":4,"id":"ada","added":"d","version":2}');
  });

  test('its key is the prefix, a colon and the pk', async () => {
    const { key } = await Prefixed.create({});
    const counted = await CountedId.create({ number: 7 });

    expect(key).toMatch(/^renamed:by:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await backend.jsonText(key, '.')).toBe('{"count":0}');
    expect([counted.key, await backend.jsonText('CountedId:7', '.')]).toEqual(['CountedId:7', '{"number":7}']);
  });

  test('nothing else is stored for it', async () => {
    await backend.flush();
    const tagged = await Tagged.create({ id: 'alone' });
    await tagged.pipeline(() => tagged.update({ added: 'x' }));
    await Tagged.transact('alone', (fresh) => fresh.update({ added: 'y' }));

    expect(await backend.send('KEYS', '*')).toEqual(['{shop}Tagged:alone']);
  });
});
