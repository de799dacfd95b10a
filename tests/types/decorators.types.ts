import {
  AtomicRedisModel,
  Field,
  Model,
  RedisDict,
  RedisInt,
  RedisList,
  Version,
  dict,
  enumOf,
  json,
  list,
  literal,
  nullable,
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

/** Correct declarations, with either convention of decorators. */
@Model()
export class Right extends AtomicRedisModel {
  @Field(String) private readonly secret!: string;
  @Field(String) protected inner!: string;
  @Field(String) optional?: string;
  @Field(String) narrow!: 'a' | 'b';
  @Field(String) wide!: unknown;
  @Field(Number) inferred = 0;
  @Field(Buffer) buffer!: Buffer;
  @Field(Uint8Array) bytes!: Buffer;
  @Field(RedisInt, { nullable: true }) counter!: RedisInt | null;
  @Field(() => RedisInt) thunk!: RedisInt;
  @Field(list(String), { nullable: true }) tags!: RedisList<string> | null;
  @Field(list(String)) array!: string[];
  @Field(list(RedisInt)) numbers!: RedisList<number>;
  @Field(list(nullable(String))) gaps!: RedisList<string | null>;
  @Field(dict(Number)) limits!: RedisDict<number>;
  @Field(dict(Number)) record!: Record<string, number>;
  @Field(list(dict(list(() => Right)))) deep!: RedisList<RedisDict<RedisList<Right>>>;
  @Field(() => Right, { nullable: true }) next!: Right | null;
  @Field(String, { nullable: true }) missing?: string;
  @Field(nullable(String)) blank!: string | null;
  @Field(nullable(String)) blanks?: string;
  @Field(json(), { nullable: true }) whatever!: unknown;
  @Field(String, { nullable: false }) certain!: string;
  @Field(() => list(() => Right)) all!: RedisList<Right>;
  @Field(Point) point!: Point;
  @Field(Point) shape!: { x: number };
  @Field(enumOf(Role)) role!: Role;
  @Field(enumOf(Role)) roleText!: string;
  @Field(enumOf(Level)) level!: Level;
  @Field(literal('x', 2)) literal!: 'x' | 2;
  @Field(json()) anything!: { a: number };
  @Field(json<{ a: number }>()) typed!: { a: number };
  @Field() hinted!: string;
  @Version() version!: number;

  show(): string {
    return this.secret;
  }
}

@Model()
export class Versioned extends AtomicRedisModel {
  @Version() @Field(RedisInt) counter!: RedisInt;
  @Version() wide!: unknown;
  @Version() optional?: number;
}

/** Wrong declarations. */
@Model()
export class Wrong extends AtomicRedisModel {
  // @ts-expect-error a number is no text
  @Field(Number) text!: string;
  // @ts-expect-error Number declares a plain number, which has no verbs
  @Field(Number) counter!: RedisInt;
  // @ts-expect-error RedisInt declares a bound value
  @Field(RedisInt) plain!: number;
  // @ts-expect-error the items are text
  @Field(list(String)) numbers!: RedisList<number>;
  // @ts-expect-error the items are plain numbers
  @Field(list(RedisInt)) counters!: RedisList<RedisInt>;
  // @ts-expect-error the values are text
  @Field(dict(String)) limits!: RedisDict<number>;
  // @ts-expect-error a list is no dict
  @Field(list(String)) dict!: RedisDict<string>;
  // @ts-expect-error another model
  @Field(() => Address) other!: Right;
  // @ts-expect-error another shape
  @Field(json<{ a: number }>()) typed!: { b: string };
  // @ts-expect-error another order
  @Field(json<[number, string]>()) pair!: [string, number];
  // @ts-expect-error none of the literals
  @Field(literal('x', 2)) literal!: boolean;
  // @ts-expect-error another enum
  @Field(enumOf(Role)) level!: Level;
  // @ts-expect-error versions are counted
  @Version() version!: string;
  // @ts-expect-error a date is stored as text or number, but it is a Date here
  @Field(Date) since!: number;
  // @ts-expect-error the property may be null, and this type hides it
  @Field(() => Address, { nullable: true }) home!: Address;
  // @ts-expect-error the property itself is null where the value is; field() gives what is always there
  @Field(RedisInt, { nullable: true }) rank!: RedisInt<number | null>;
  // @ts-expect-error the property may be null, and this type hides it
  @Field(nullable(String)) nick!: string;
  // @ts-expect-error of a list alone nobody knows the items
  @Field(RedisList) bare!: RedisList<string>;
  // @ts-expect-error of a dict alone nobody knows the values
  @Field(RedisDict) bareDict!: RedisDict<string>;
  // @ts-expect-error the class itself has no document
  @Field(String) static shared: string;
}

// @ts-expect-error text is no type
Field('String');
// @ts-expect-error no such option
Field(String, { nullabel: true });
// @ts-expect-error seconds are a number
Model({ ttl: '3600' });

export function pageOf<Item extends AtomicRedisModel, Extra>(
  item: new (...args: never[]) => Item,
  extra: TypeExpression<Extra>,
  any: TypeReference,
) {
  @Model()
  class Page extends AtomicRedisModel {
    @Field(list(() => item)) items!: RedisList<Item>;
    @Field(() => item) first!: Item;
    @Field(extra) extra!: Extra;
    @Field(list(extra)) extras!: RedisList<Extra>;
    @Field(any) any!: number;
    @Field(list(() => any)) many!: RedisList<number>;
    @Field(() => item, { nullable: true }) last!: Item | null;
    @Field(extra, { nullable: true }) perhaps!: Extra | null;
  }
  return Page;
}
