import { AtomicRedisModel, dict, Field, Key, list, Model, nullable, RedisDict, RedisFloat, RedisInt, RedisList, Version } from 'redatom';
import { START } from './program';

/** How long a shelf lives, in seconds. */
export const SHELF_TTL = 3600;

/** An item that is told apart from others only by what is in it. */
@Model()
export class Page extends AtomicRedisModel {
  @Field(RedisFloat, { default: 0 }) ratio!: RedisFloat;
  @Field(list(String)) words!: RedisList<string>;
  @Field(dict(BigInt)) sums!: RedisDict<bigint>;
}

/** An item that is told apart from others by its key. */
@Model()
export class Book extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisFloat, { default: 0 }) ratio!: RedisFloat;
  @Field(list(() => Page)) pages!: RedisList<Page>;
  @Field(dict(() => Page)) slips!: RedisDict<Page>;
  @Field(() => Page, { nullable: true }) cover!: Page | null;
}

/** Nested lists, dicts and models, in a document that counts its commits and expires. */
@Model({ ttl: SHELF_TTL })
export class Shelf extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Version() version!: number;
  @Field(RedisInt) gate!: RedisInt;
  @Field(list(() => Book)) books!: RedisList<Book>;
  @Field(dict(() => Book)) index!: RedisDict<Book>;
  @Field(list(() => Page)) pages!: RedisList<Page>;
  @Field(dict(nullable(() => Page))) slips!: RedisDict<Page | null>;
  @Field(() => Book, { nullable: true }) best!: Book | null;
  @Field(list(() => Page), { nullable: true }) drafts!: RedisList<Page> | null;
  @Field(dict(list(Date)), { nullable: true }) loans!: RedisDict<RedisList<Date>> | null;
  @Field(list(list(String))) lines!: RedisList<RedisList<string>>;
  @Field(list(dict(() => Page))) boxes!: RedisList<RedisDict<Page>>;
  @Field(list(list(list(BigInt)))) cubes!: RedisList<RedisList<RedisList<bigint>>>;
  @Field(dict(list(Uint8Array))) scans!: RedisDict<RedisList<Uint8Array>>;
}

export interface PlainPage {
  ratio: number;
  words: string[];
  sums: Record<string, string>;
}

export interface PlainBook {
  id: string;
  ratio: number;
  pages: PlainPage[];
  slips: Record<string, PlainPage>;
  cover: PlainPage | null;
}

const page = (): PlainPage => ({ ratio: 1, words: ['w'], sums: { a: '7' } });
const book = (id: string): PlainBook => ({ id, ratio: 2, pages: [page(), { ...page(), ratio: 3 }], slips: { a: page() }, cover: page() });

export function fresh() {
  return {
    name: 'one',
    gate: 1,
    books: [book('a'), book('b')],
    index: { a: book('x') } as Record<string, PlainBook>,
    pages: [page(), { ...page(), ratio: 2 }, page()],
    slips: { a: page(), b: null } as Record<string, PlainPage | null>,
    best: null as PlainBook | null,
    drafts: null as PlainPage[] | null,
    loans: { a: [new Date(START).toISOString()] } as Record<string, string[]> | null,
    lines: [['a', 'b'], [], ['a']],
    boxes: [{ a: page() }, {}, { a: page(), b: page() }] as Record<string, PlainPage>[],
    cubes: [[['1'], []], [['2', '3']]],
    scans: { a: ['AQID', ''] } as Record<string, string[]>,
  };
}
export type PlainShelf = ReturnType<typeof fresh>;
