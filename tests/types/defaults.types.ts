import { randomUUID } from 'node:crypto';
import {
  AtomicRedisModel,
  Field,
  Key,
  Model,
  RedisBytes,
  RedisDatetime,
  RedisDict,
  RedisFloat,
  RedisInt,
  RedisList,
  RedisStr,
  Version,
  dict,
  enumOf,
  json,
  list,
  literal,
  nullable,
  type FieldOptions,
  type Json,
  type TypeExpression,
  type TypeReference,
} from 'redatom';
import { Address, Role } from './people';

enum Level {
  Low,
  High,
}

class Point {
  x = 0;
  y = 0;
}

type Slug = string & { readonly kind: 'slug' };
declare const slug: Slug;
declare const json1: Json;
declare const maybe: string | undefined;
const COLOURS = { Red: 'red', Blue: 'blue' } as const;

/** Defaults that fit, with either convention of decorators. */
@Model()
export class Fitting extends AtomicRedisModel {
  @Key() @Field(String, { default: randomUUID }) id!: string;
  @Field(String, { default: 'a' }) narrow!: 'a' | 'b';
  @Field(String, { default: slug }) slug!: Slug;
  @Field(String, { default: maybe }) perhaps!: string;
  @Field(String, { nullable: true, default: null }) none!: string | null;
  @Field(String, { nullable: true, default: () => (maybe === 'a' ? 'b' : null) }) some!: string | null;
  @Field(Number, { default: 0 }) number!: number;
  @Field(Boolean, { default: () => Math.random() > 0.5 }) flag!: boolean;
  @Field(Date, { default: () => new Date(), format: 'epochMs' }) date!: Date;
  @Field(BigInt, { default: 0n }) big!: bigint;
  @Field(Uint8Array, { default: Buffer.from('x') }) bytes!: Uint8Array;
  @Field(Buffer, { default: () => new Uint8Array(2) }) buffer!: Buffer;
  @Field(RedisStr, { default: 'x' }) text!: RedisStr;
  @Field(RedisInt, { default: () => 7 }) count!: RedisInt;
  @Field(() => RedisInt, { default: 7 }) thunk!: RedisInt;
  @Field(RedisInt, { nullable: true, default: null }) rank!: RedisInt | null;
  @Field(RedisFloat, { default: 1.5 }) rate!: RedisFloat;
  @Field(RedisBytes, { default: new Uint8Array([7]) }) blob!: RedisBytes;
  @Field(RedisDatetime, { default: new Date(0) }) seen!: RedisDatetime;
  @Field(enumOf(Role), { default: Role.Admin }) role!: Role;
  @Field(enumOf(Role), { default: 'guest' }) roleAsText!: Role;
  @Field(enumOf(Level), { default: Level.Low }) level!: Level;
  @Field(enumOf(Level), { default: () => 1 }) levelAsNumber!: Level;
  @Field(enumOf(COLOURS), { default: () => 'red' }) colour!: 'red' | 'blue';
  @Field(literal('x', 2, true), { default: true }) literal!: 'x' | 2 | true;
  @Field(list(String), { default: ['a'] }) tags!: RedisList<string>;
  @Field(list(Number), { default: () => [] }) empty!: RedisList<number>;
  @Field(list(RedisInt), { default: [1] as const }) numbers!: RedisList<number>;
  @Field(list(nullable(Date)), { default: [null, new Date(0)] }) gaps!: RedisList<Date | null>;
  @Field(list(() => Address), { default: [{ city: 'Rome' }] }) places!: RedisList<Address>;
  @Field(() => list(enumOf(Role)), { default: () => [Role.Guest] }) roles!: RedisList<Role>;
  @Field(dict(Number), { default: { a: 1 } }) limits!: RedisDict<number>;
  @Field(dict(Number), { default: () => new Map([['a', 1]]) }) map!: RedisDict<number>;
  @Field(dict(list(() => Address)), { default: { a: [{ city: 'Rome' }] } }) byName!: RedisDict<RedisList<Address>>;
  @Field(() => Address, { default: { city: 'Rome', visits: 3 } }) home!: Address;
  @Field(() => Address, { default: () => Address.build({ city: 'Rome' }) }) built!: Address;
  @Field(() => Address, { nullable: true, default: null }) work!: Address | null;
  @Field(() => Fitting, { nullable: true, default: null }) next!: Fitting | null;
  @Field(Point, { default: () => new Point() }) point!: Point;
  @Field(Point, { default: { x: 1, y: 2 } }) shape!: { x: number };
  @Field(json(), { default: {} }) any!: Json;
  @Field(json<Json>(), { default: json1 }) json!: Json;
  @Field(json<Json>(), { default: () => [{ a: [1] }] }) deep!: Json;
  @Field(json<{ theme: string }>(), { default: { theme: 'dark' } }) look!: { theme: string };
  @Field(undefined, { default: 'x' }) hinted!: string;
  @Version() @Field(Number, { default: 0 }) version!: number;
}

/** Wrong defaults. */
export const wrong = [
  // @ts-expect-error text is no number
  Field(Number, { default: 'x' }),
  // @ts-expect-error a function that makes text makes no number
  Field(Number, { default: () => 'x' }),
  // @ts-expect-error a number is no text
  Field(String, { default: 1 }),
  // @ts-expect-error it is not nullable
  Field(String, { default: null }),
  // @ts-expect-error a promise is no text
  Field(String, { default: () => Promise.resolve('x') }),
  // @ts-expect-error text is no flag
  Field(Boolean, { default: 'true' }),
  // @ts-expect-error a default is given as it is at run time, not as it is stored
  Field(Date, { default: '2026-01-01T00:00:00.000Z' }),
  // @ts-expect-error a number is no Date, however it is stored
  Field(Date, { default: 0, format: 'epochMs' }),
  // @ts-expect-error a number is no bigint
  Field(BigInt, { default: 0 }),
  // @ts-expect-error text is no bytes
  Field(Uint8Array, { default: 'eA==' }),
  // @ts-expect-error text is no number, nor is null where the field is nullable
  Field(RedisInt, { nullable: true, default: 'x' }),
  // @ts-expect-error a number is no text
  Field(RedisStr, { default: 1 }),
  // @ts-expect-error a number is no Date
  Field(RedisDatetime, { default: 1 }),
  // @ts-expect-error not in the enum
  Field(enumOf(Role), { default: 'root' }),
  // @ts-expect-error not in the enum
  Field(enumOf(Level), { default: 7 }),
  // @ts-expect-error none of the literals
  Field(literal('x', 2), { default: 3 }),
  // @ts-expect-error one item is no list
  Field(list(String), { default: 'a' }),
  // @ts-expect-error the items are text
  Field(list(String), { default: [1] }),
  // @ts-expect-error the items are text
  Field(() => list(String), { default: () => [1] }),
  // @ts-expect-error the values are numbers
  Field(dict(Number), { default: { a: 'x' } }),
  // @ts-expect-error a model is no text
  Field(() => Address, { default: 'Rome' }),
  Field(
    list(() => Address),
    // @ts-expect-error the items are models
    { default: ['Rome'] },
  ),
  // @ts-expect-error an instance is no number
  Field(Point, { default: 1 }),
  // @ts-expect-error another shape
  Field(json<{ theme: string }>(), { default: { thema: 'dark' } }),
];

/** Code that passes options on declares the type of the default. */
export const text = (options: FieldOptions<boolean, string>) => Field(String, options);
export const any = (type: TypeReference, options: FieldOptions) => Field(type, options);

export function pageOf<Item extends AtomicRedisModel, Extra>(
  item: new (...args: never[]) => Item,
  extra: TypeExpression<Extra>,
  fallback: Extra,
) {
  @Model()
  class Page extends AtomicRedisModel {
    @Field(() => item, { default: {} }) first!: Item;
    @Field(list(() => item), { default: [] }) items!: RedisList<Item>;
    @Field(extra, { default: fallback }) extra!: Extra;
    @Field(extra, { nullable: true, default: () => fallback }) perhaps!: Extra | null;
  }
  return Page;
}
