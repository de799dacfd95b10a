import {
  AtomicRedisModel,
  Field,
  Index,
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
} from 'redatom';

export enum Role {
  Admin = 'admin',
  Guest = 'guest',
}

@Model()
export class Address extends AtomicRedisModel {
  @Index() @Field(String) city!: string;
  @Field(String, { nullable: true }) zip!: string | null;
  @Field(Number) floor = 0;

  get label(): string {
    return `${this.city}, floor ${this.floor}`;
  }
}

/** Has no decorator of its own: its fields belong to the classes below it. */
export abstract class Recorded extends AtomicRedisModel {
  @Field(Date) since: Date = new Date(86_400_000);
  @Field(json()) notes: Record<string, unknown> = { made: 'by an initialiser' };
  @Version() version!: number;
}

@Model({ prefix: 'acct' })
export class Account extends Recorded {
  @Key() @Field(String) name!: string;
  @Index({ sortable: true }) @Field(String) email = 'nobody@example.com';
  @Field(Number) age!: number;
  @Field(Boolean) active = true;
  @Field(BigInt) balance: bigint = 10n ** 20n;
  @Field(Uint8Array) secret: Uint8Array = Uint8Array.of(1, 2, 255);
  @Field(enumOf(Role)) role: Role = Role.Guest;
  @Field(literal('a', 2), { default: 'a' }) mark!: 'a' | 2;
  @Field(String, { nullable: true }) nick!: string | null;
  @Field(RedisInt) score!: RedisInt;
  @Field(RedisFloat, { default: 1.5 }) rate!: RedisFloat;
  @Field(RedisStr, { default: () => 'untitled' }) title!: RedisStr;
  @Field(RedisBytes, { default: new Uint8Array([7]) }) blob!: RedisBytes;
  @Field(RedisDatetime, { default: new Date(0), format: 'epochMs' }) seen!: RedisDatetime;
  @Field(list(String)) @Index() tags!: RedisList<string>;
  @Field(dict(Number)) limits!: RedisDict<number>;
  @Field(() => Address, { nullable: true }) home!: Address | null;
  @Field(list(() => Address)) places!: RedisList<Address>;
  @Field(dict(() => Address)) byName!: RedisDict<Address>;

  get summary(): string {
    return `${this.name} <${this.email}> ${this.tags.length}`;
  }
}

@Model()
export class VipAccount extends Account {
  @Field(String) override email = 'vip@example.com';
  @Field(Number) discount = 10;
}

@Model()
export class Secretive extends AtomicRedisModel {
  #reads = 0;
  @Field(Number) total = 40;

  read(): number {
    this.#reads += 1;
    return this.total + this.#reads;
  }
}

@Model()
export class Greeter extends AtomicRedisModel {
  @Field(String) who!: string;
  greet = (): string => `hello ${this.who}`;
}

@Model()
export class Constructed extends AtomicRedisModel {
  @Field(String) title!: string;
  readonly made: string[];

  constructor(init?: Readonly<Record<string, unknown>>) {
    super(init);
    this.made = ['by its constructor'];
  }
}

/** A model for each type of item. */
export function pageOf<Item extends AtomicRedisModel>(item: new (...args: never[]) => Item) {
  @Model()
  class Page extends AtomicRedisModel {
    @Field(String) cursor = 'start';
    @Field(list(() => item)) items!: RedisList<Item>;
  }
  return Page;
}

@Model({ prefix: 'addresses' })
export class AddressPage extends pageOf(Address) {
  @Field(Number) total = 0;
}

export const models = [Address, Account, VipAccount, Secretive, Greeter, Constructed, AddressPage] as const;
