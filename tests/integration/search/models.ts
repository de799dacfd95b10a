import {
  AtomicRedisModel,
  enumOf,
  Field,
  Index,
  Key,
  list,
  literal,
  Model,
  nullable,
  RedisDatetime,
  RedisInt,
  RedisList,
  RedisStr,
} from 'redatom';

export enum Status {
  Open = 'open',
  Paid = 'paid',
  Sent = 'sent',
}

export enum Level {
  Low = 1,
  High = 5,
}

@Model()
export class Address extends AtomicRedisModel {
  @Index() @Field(String) city!: string;
  @Index() @Field(Number, { nullable: true }) zip!: number | null;
  @Index() @Field(String, { nullable: true }) region!: string | null;
  @Field(String, { default: '' }) street!: string;
}

@Model()
export class Line extends AtomicRedisModel {
  @Index() @Field(String) sku!: string;
  @Index({ sortable: true }) @Field(Number) amount!: number;
  @Index() @Field(list(String)) colors!: RedisList<string>;
  @Index() @Field(Boolean, { default: false }) isGift!: boolean;
}

/** Has a field of each kind that an index can hold. */
@Model()
export class Order extends AtomicRedisModel {
  @Index() @Key() @Field(String) id!: string;
  @Index({ sortable: true }) @Field(RedisStr) customer!: RedisStr;
  @Index({ sortable: true }) @Field(RedisInt) total!: RedisInt;
  @Index() @Field(Number, { nullable: true }) discount!: number | null;
  @Index() @Field(String, { nullable: true }) agent!: string | null;
  @Index() @Field(String, { nullable: true, default: 'web' }) channel!: string | null;
  @Index() @Field(BigInt, { nullable: true }) invoice!: bigint | null;
  @Index() @Field(Boolean, { default: false }) gift!: boolean;
  @Index() @Field(Boolean, { nullable: true }) insured!: boolean | null;
  @Index() @Field(enumOf(Status), { default: Status.Open }) status!: Status;
  @Index() @Field(enumOf(Level), { nullable: true }) level!: Level | null;
  @Index() @Field(literal('de', 'en'), { default: 'en' }) language!: 'de' | 'en';
  @Index() @Field(BigInt, { default: 0n }) serial!: bigint;
  @Index({ sortable: true }) @Field(RedisDatetime, { format: 'epochMs', default: new Date(0) }) placedAt!: RedisDatetime;
  @Index() @Field(Date, { format: 'epochSeconds', nullable: true }) paidAt!: Date | null;
  @Index() @Field(list(String)) tags!: RedisList<string>;
  @Index() @Field(list(nullable(Number)), { default: [1] }) marks!: RedisList<number | null>;
  @Field(() => Address, { nullable: true }) address!: Address | null;
  @Field(() => Address, { default: { city: 'Rome', zip: null, region: 'Lazio' } }) billing!: Address;
  @Field(list(() => Line)) lines!: RedisList<Line>;
  @Field(() => Line, { nullable: true }) extra!: Line | null;
  @Field(String, { default: '' }) note!: string;
}
