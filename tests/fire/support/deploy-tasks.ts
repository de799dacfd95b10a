import { AtomicRedisModel, connect, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList, type ModelType } from 'redatom';

// Two releases of one program. The later one has more fields, at each depth, and lacks one.

@Model()
class Line extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) quantity!: RedisInt;
}

@Model()
class Address extends AtomicRedisModel {
  @Field(String) city!: string;
}

/** What both releases know. */
abstract class Order extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(RedisInt) total!: RedisInt;
}

@Model({ prefix: 'Order' })
class OrderBefore extends Order {
  @Field(String) note!: string;
  @Field(list(() => Line)) lines!: RedisList<Line>;
  @Field(dict(() => Line)) named!: RedisDict<Line>;
  @Field(() => Address) address!: Address;
}

@Model()
class LineNow extends Line {
  @Field(Boolean, { default: false }) isGift!: boolean;
}

@Model()
class AddressNow extends Address {
  @Field(RedisInt) moves!: RedisInt;
}

@Model({ prefix: 'Order' })
export class OrderNow extends Order {
  @Field(list(() => LineNow)) lines!: RedisList<LineNow>;
  @Field(dict(() => LineNow)) named!: RedisDict<LineNow>;
  @Field(() => AddressNow) address!: AddressNow;
  @Field(RedisInt) discount!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
}

export interface DeployParams {
  readonly url: string;
  /** Changed by all verbs. */
  readonly pk: string;
  /** Saved as a whole, always under one lock. */
  readonly savedPk: string;
  readonly worker: number;
  readonly rounds: number;
}

/** Runs the earlier release. */
export async function runBefore({ url, pk, savedPk, worker, rounds }: DeployParams): Promise<void> {
  await using _database = await connect(url, { models: [OrderBefore] });
  const order = await OrderBefore.get(pk);
  for (let round = 0; round < rounds; round += 1) {
    const id = `${worker}-${round}`;
    await order.total.increase();
    await order.pipeline(() => order.total.add(1));
    await order.withLock('parts', async (held) => {
      await held.lines.aappend({ id });
      held.lines.reverse();
      held.named.set(id, { id });
      for (const line of held.named.values()) line.quantity.add(1);
      await held.saveChanges();
      await held.lines.find((line) => line.id === id)?.quantity.increase();
      held.address.city = id;
      await held.address.save();
    });
    await addAndSave(OrderBefore, savedPk);
  }
}

/** Runs the release that takes its place. */
export async function runNow({ url, pk, savedPk, worker, rounds }: DeployParams): Promise<void> {
  await using _database = await connect(url, { models: [OrderNow] });
  const unread = OrderNow.at(pk);
  for (let round = 0; round < rounds; round += 1) {
    const id = `${worker}-${round}`;
    await unread.total.increase();
    await unread.discount.increase();
    await unread.pipeline(async ({ tags, total }) => {
      await tags.aappend(id);
      await total.increase();
    });
    await OrderNow.withLockFromKey(pk, 'parts', async (held) => {
      await held.lines.aappend({ id, isGift: true });
      await held.named.asetItem(id, { id, isGift: true });
      await held.address.moves.increase();
    });
    await addAndSave(OrderNow, savedPk, (order) => order.discount.add(1));
  }
}

async function addAndSave<T extends Order>(model: ModelType<T>, pk: string, more?: (order: T) => unknown): Promise<void> {
  await model.withLockFromKey(pk, 'whole', async (order) => {
    order.total.add(1);
    more?.(order);
    await order.save();
  });
}
