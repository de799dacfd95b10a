import {
  AtomicRedisModel,
  dict,
  Field,
  json,
  Key,
  list,
  Model,
  nullable,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  type Json,
} from 'redatom';

@Model()
export class Twig extends AtomicRedisModel {
  @Field(RedisFloat, { default: 0 }) ratio!: RedisFloat;
  @Field(list(Number)) marks!: RedisList<number>;
  @Field(Date, { format: 'epochMs', nullable: true }) at!: Date | null;
}

/** An item that is told apart from others by its key. */
@Model()
export class Card extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisFloat, { default: 0 }) ratio!: RedisFloat;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(() => Twig, { nullable: true }) twig!: Twig | null;
}

/** Values of all types, and nested lists, dicts and models. */
@Model()
export class Nest extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) gate!: RedisInt;
  @Field(RedisFloat, { default: 0 }) ratio!: RedisFloat;
  @Field(Uint8Array) bytes!: Uint8Array;
  @Field(RedisBytes, { nullable: true }) blob!: RedisBytes | null;
  @Field(list(Uint8Array)) blobs!: RedisList<Uint8Array>;
  @Field(json(), { default: null }) extra!: Json;
  @Field(list(json())) extras!: RedisList<Json>;
  @Field(dict(json())) facts!: RedisDict<Json>;
  @Field(Date, { nullable: true }) day!: Date | null;
  @Field(Date, { format: 'epochMs' }) instant!: Date;
  @Field(RedisDatetime, { format: 'epochMs' }) moved!: RedisDatetime;
  @Field(RedisDatetime, { format: 'epochSeconds' }) seconds!: RedisDatetime;
  @Field(BigInt) big!: bigint;
  @Field(list(BigInt)) bigs!: RedisList<bigint>;
  @Field(() => Twig, { nullable: true }) twig!: Twig | null;
  @Field(dict(() => Twig)) twigs!: RedisDict<Twig>;
  @Field(list(nullable(() => Twig))) gaps!: RedisList<Twig | null>;
  @Field(list(list(() => Twig))) rows!: RedisList<RedisList<Twig>>;
  @Field(list(() => Card)) cards!: RedisList<Card>;
  @Field(dict(() => Card)) decks!: RedisDict<Card>;
  @Field(dict(list(() => Card))) piles!: RedisDict<RedisList<Card>>;
  @Field(list(list(Number))) grid!: RedisList<RedisList<number>>;
  @Field(dict(list(String))) lists!: RedisDict<RedisList<string>>;
  @Field(list(dict(Date))) dicts!: RedisList<RedisDict<Date>>;
  @Field(dict(dict(Uint8Array))) files!: RedisDict<RedisDict<Uint8Array>>;
}

export interface PlainTwig {
  ratio: number;
  marks: number[];
  at: number | null;
}

export interface PlainCard {
  id: string;
  ratio: number;
  tags: string[];
  twig: PlainTwig | null;
}

export const START = Date.parse('2024-02-28T23:59:59.500Z');

const TEXT = new Date(START).toISOString();
const twig = (): PlainTwig => ({ ratio: 1.5, marks: [1], at: START });

export function fresh() {
  return {
    name: 'one',
    gate: 1,
    ratio: 0.5,
    bytes: 'AQID',
    blob: null as string | null,
    blobs: ['AQ==', ''],
    extra: { a: [null, 1] } as Json,
    extras: [null, [1], { a: {} }] as Json[],
    facts: { a: null, b: { c: [] } } as Record<string, Json>,
    day: TEXT as string | null,
    instant: START,
    moved: START,
    seconds: START / 1000,
    big: '12345678901234567890',
    bigs: ['1', '-2'],
    twig: null as PlainTwig | null,
    twigs: { a: twig() } as Record<string, PlainTwig>,
    gaps: [null, twig()],
    rows: [[twig()], []] as PlainTwig[][],
    cards: [
      { id: 'a', ratio: 1, tags: ['t'], twig: null },
      { id: 'b', ratio: 2, tags: [], twig: twig() },
    ] as PlainCard[],
    decks: { a: { id: 'x', ratio: 0, tags: [], twig: twig() } } as Record<string, PlainCard>,
    piles: { a: [{ id: 'a', ratio: 1, tags: [], twig: null }], b: [] } as Record<string, PlainCard[]>,
    grid: [[1, 2], [], [3]],
    lists: { a: ['x'], b: [] } as Record<string, string[]>,
    dicts: [{ a: TEXT }, {}] as Record<string, string>[],
    files: { a: { a: 'AQ==' }, b: {} } as Record<string, Record<string, string>>,
  };
}
export type PlainNest = ReturnType<typeof fresh>;
