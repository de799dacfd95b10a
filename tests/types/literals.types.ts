import { expectTypeOf } from 'expect-type';
import { AtomicRedisModel, enumOf, Field, literal, Model, type RedisFloat, type RedisStr, type RedisValue } from 'redatom';

enum Level {
  Low = 1,
  High = 2,
}

type Cents = number & { readonly unit: 'cents' };
type Slug = string & { readonly kind: 'slug' };

/** Fields that hold only certain texts or numbers, and branded types, which hold any. */
@Model()
export class Ticket extends AtomicRedisModel {
  @Field(enumOf(Level)) level!: Level;
  @Field(literal('open', 'done')) state!: 'open' | 'done';
  @Field(literal('good', 'bad'), { nullable: true }) mood!: 'good' | 'bad' | null;
  @Field(literal(1, 2)) size!: 1 | 2;
  @Field(Number) price!: Cents;
  @Field(String) slug!: Slug;
  @Field(String) id!: `t-${string}`;
}

declare const ticket: Ticket;

expectTypeOf(ticket.field('level')).toEqualTypeOf<RedisValue<Level>>();
expectTypeOf(ticket.field('state')).toEqualTypeOf<RedisValue<'open' | 'done'>>();
expectTypeOf(ticket.field('mood')).toEqualTypeOf<RedisValue<'good' | 'bad' | null>>();
expectTypeOf(ticket.field('size')).toEqualTypeOf<RedisValue<1 | 2>>();
expectTypeOf(ticket.field('price')).toEqualTypeOf<RedisFloat<Cents>>();
expectTypeOf(ticket.field('slug')).toEqualTypeOf<RedisStr<Slug>>();
expectTypeOf(ticket.field('id')).toEqualTypeOf<RedisStr<`t-${string}`>>();
expectTypeOf(ticket.field('state')).not.toHaveProperty('aappend');
expectTypeOf(ticket.field('level')).not.toHaveProperty('increase');
