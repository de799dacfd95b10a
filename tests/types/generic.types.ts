import { expectTypeOf } from 'expect-type';
import {
  AtomicRedisModel,
  Field,
  Key,
  list,
  Model,
  pipeline,
  RedisInt,
  RedisList,
  type AbstractModelType,
  type DocumentAt,
  type Init,
  type LockHandle,
  type ModelConstructor,
  type ModelType,
  type Patch,
  type PlainModel,
} from 'redatom';
import { Address, User } from './people';

/** Code that knows nothing about the models that it is given. */
export class Repository<T extends AtomicRedisModel> {
  constructor(private readonly model: ModelType<T>) {}

  // Each result is first a constant of its own, so that only the model determines its type.
  async read(pk: string): Promise<{ all: T[]; some: T | null; locked: LockHandle<T>; at: DocumentAt<T> }> {
    const one = await this.model.get(pk);
    const some = await this.model.find(pk);
    const { found } = await this.model.getMany([pk]);
    const all = [one, ...found];
    for await (const scanned of this.model.scan()) all.push(scanned);
    const fromWork = await this.model.withLockFromKey(pk, 'a', (document) => document);
    const fromTransaction = await this.model.transact(pk, (document) => document);
    const locked = await this.model.lockFromKey(pk);
    const at = this.model.at(pk);
    await this.model.deleteByKey(pk);
    // @ts-expect-error keys are text
    await this.model.get(5);
    return { all: [...all, fromWork, fromTransaction], some, locked, at };
  }

  async write(init: Init<T>, body: unknown): Promise<[T[], PlainModel<T>]> {
    const built = this.model.build(init);
    const created = await this.model.create(init);
    const inserted = await this.model.insertMany([init]);
    const { document } = await this.model.getOrCreate(init);
    const patch = this.model.fromJSON(body);
    await document.aupdate(patch);
    // @ts-expect-error a number is no document
    await this.model.create(5);
    return [[built, created, document, ...inserted], built.toObject()];
  }

  async change(pk: string, patch: Patch<T>): Promise<void> {
    await this.model.at(pk).pipeline(async (queued) => {
      expectTypeOf(queued.key).toEqualTypeOf<string>();
      await queued.aupdate(patch);
      expectTypeOf(queued.delete()).resolves.toEqualTypeOf<void>();
      await queued.expire(5);
      // @ts-expect-error a number is no patch
      await queued.aupdate(5);
    });
    const one = await this.model.get(pk);
    await pipeline([one, this.model.at(pk)], async ([instance, queued]) => {
      await instance.save();
      expectTypeOf(instance.key).toEqualTypeOf<string>();
      await queued.aupdate(patch);
      // @ts-expect-error what was read is not here
      queued.load;
    });
  }
}

export const users = new Repository(User);
expectTypeOf(users).toEqualTypeOf<Repository<User>>();
// @ts-expect-error an abstract class has no documents
new Repository(AtomicRedisModel);
// @ts-expect-error no model
new Repository(Date);

/** Models by name. */
interface Models {
  user: User;
  address: Address;
}
const models: { readonly [K in keyof Models]: ModelType<Models[K]> } = { user: User, address: Address };

export async function named<K extends keyof Models>(name: K, init: Init<Models[K]>): Promise<Models[K][]> {
  const created = await models[name].create(init);
  const { found } = await models[name].getMany(['a']);
  return [created, ...found, await models[name].get('a')];
}
expectTypeOf(named('user', { username: 'ada' })).resolves.toEqualTypeOf<User[]>();
// @ts-expect-error of another model
named('address', { username: 'ada' });

/** One of several classes. */
export const either: ModelType<User | Address> = Math.random() > 0.5 ? User : Address;
expectTypeOf(either.get('a')).resolves.toEqualTypeOf<User | Address>();

/** A model with its own constructor, and statics that its subclasses inherit. */
@Model()
export class Tag extends AtomicRedisModel {
  @Key() @Field(String) name!: string;

  constructor(name?: string) {
    super(name === undefined ? undefined : { name });
  }

  static named<T extends Tag>(this: ModelType<T>, name: string): Promise<T | null> {
    return this.find(name);
  }

  static async always(name: string): Promise<Tag> {
    return (await this.find(name)) ?? (await this.create({ name }));
  }
}

@Model()
export class ColouredTag extends Tag {
  @Field(String) colour!: string;
}

expectTypeOf(new Repository(Tag)).toEqualTypeOf<Repository<Tag>>();
expectTypeOf(ColouredTag.named('x')).resolves.toEqualTypeOf<ColouredTag | null>();
expectTypeOf(ColouredTag.always('x')).resolves.toEqualTypeOf<Tag>();
// @ts-expect-error another model
Tag.named.call(User, 'x');

/** Functions that make classes. */
export interface Stamped extends AtomicRedisModel {
  at: Date;
}

export function stamped(): AbstractModelType<Stamped> {
  abstract class Base extends AtomicRedisModel {
    @Field(Date, { default: () => new Date() }) at!: Date;
  }
  return Base;
}

@Model()
export class Post extends stamped() {
  @Field(String) title!: string;
}

expectTypeOf(Post.create({ title: 'x', at: new Date() })).resolves.toEqualTypeOf<Post>();
expectTypeOf(new Repository(Post)).toEqualTypeOf<Repository<Post>>();
expectTypeOf(Post.at('x').title.aappend('y')).resolves.toEqualTypeOf<void>();
// @ts-expect-error a date is no text
Post.build({ at: 'now' });
// @ts-expect-error it is not a model before something extends it
stamped().get('x');

export interface Page<Item extends AtomicRedisModel> extends AtomicRedisModel {
  items: RedisList<Item>;
  reads: RedisInt;
}

export function pageOf<Item extends AtomicRedisModel>(item: ModelConstructor<Item>): ModelType<Page<Item>> {
  @Model({ prefix: `pages-of-${item.name}` })
  class Made extends AtomicRedisModel {
    @Field(list(() => item)) items!: RedisList<Item>;
    @Field(RedisInt) reads!: RedisInt;
  }
  return Made;
}

const UserPage = pageOf(User);
expectTypeOf(UserPage.get('x')).resolves.toEqualTypeOf<Page<User>>();
expectTypeOf(UserPage.build({ items: [{ username: 'ada' }] }).items[0]?.score).toEqualTypeOf<RedisInt | undefined>();
expectTypeOf(UserPage.at('x').reads.increase()).resolves.toEqualTypeOf<number>();

/** A class made by a function can be extended, too. */
@Model()
export class TitledPage extends UserPage {
  @Field(String) title!: string;
}
expectTypeOf(TitledPage.build({ title: 'x', items: [] })).toEqualTypeOf<TitledPage>();
