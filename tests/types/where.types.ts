import { expectTypeOf } from 'expect-type';
import { Index, type AtomicRedisModel, type FoundBy, type IndexState, type Init, type ModelType, type OrderBy, type Where } from 'redatom';
import { Role, User } from './people';

// --- what conditions are

expectTypeOf(User.findBy({})).resolves.toEqualTypeOf<User[]>();
expectTypeOf(User.findOneBy({ username: 'ada' })).resolves.toEqualTypeOf<User | null>();
expectTypeOf(User.findAndCountBy({})).resolves.toEqualTypeOf<FoundBy<User>>();
expectTypeOf(User.countBy({})).resolves.toEqualTypeOf<number>();
expectTypeOf(User.createIndex()).resolves.toEqualTypeOf<IndexState>();
expectTypeOf(User.syncIndex()).resolves.toEqualTypeOf<IndexState>();
expectTypeOf(User.dropIndex()).resolves.toEqualTypeOf<boolean>();

User.findBy({ username: 'ada', age: 36, active: true, since: new Date(), balance: 1n, role: Role.Admin });
User.findBy({ title: 't', score: 3, rate: 0.5, seen: new Date() });
User.findBy({ height: null, left: null, sure: null, rank: null, share: null, due: null });
User.findBy({ age: { $gt: 1, $lte: 5, $ne: 3 }, score: { $gte: 1 }, seen: { $lt: new Date() }, balance: { $in: [1n] } });
User.findBy({ role: { $in: [Role.Admin] }, active: { $ne: true }, rank: { $in: [1, null] }, height: { $ne: null } });
User.findBy({ tags: 'a' });
User.findBy({ tags: { $all: ['a', 'b'], $ne: 'c' } });
User.findBy({ notes: { $in: ['a'] } });
User.findBy({ home: { city: 'Rome' }, work: { visits: { $gt: 1 } }, places: { city: { $in: ['Rome'] } } });
User.findBy({ $or: [{ age: 1 }, { $and: [{ age: 2 }, { $not: { username: 'ada' } }] }] });
User.findBy({}, { orderBy: { age: 'asc' }, limit: 10, offset: 5, onCorrupt: ({ key }) => key, timeoutMs: 5 });
User.findBy({}, { orderBy: { home: { visits: 'desc' } } });
User.findOneBy({}, { orderBy: { seen: 'desc' } });

// @ts-expect-error a number is no text
User.findBy({ username: 3 });
// @ts-expect-error no such field
User.findBy({ name: 'ada' });
// @ts-expect-error methods are no fields
User.findBy({ greet: 'x' });
// @ts-expect-error it cannot be null
User.findBy({ username: null });
User.findBy({ nick: null, motto: { $ne: null } });
// @ts-expect-error texts have no order
User.findBy({ username: { $gt: 'a' } });
// @ts-expect-error bigints have none either
User.findBy({ balance: { $gt: 1n } });
// @ts-expect-error no such operator
User.findBy({ age: { $like: 3 } });
// @ts-expect-error the operand is a list
User.findBy({ age: { $in: 3 } });
// @ts-expect-error only lists have all of several values
User.findBy({ age: { $all: [3] } });
// @ts-expect-error items are texts
User.findBy({ tags: 3 });
// @ts-expect-error a list is found by its items
User.findBy({ tags: ['a'] });
// @ts-expect-error no index holds bytes
User.findBy({ photo: new Uint8Array() });
// @ts-expect-error no index holds a dict
User.findBy({ limits: { de: 1 } });
// @ts-expect-error no index holds any JSON
User.findBy({ look: { theme: 'dark' } });
// @ts-expect-error a nested field is wrong
User.findBy({ home: { city: 3 } });
// @ts-expect-error a model is found by its fields
User.findBy({ work: null });
// @ts-expect-error conditions of conditions are on documents
User.findBy({ home: { $or: [{ city: 'x' }] } });
// @ts-expect-error not one of the values
User.findBy({ role: 'boss' });
// @ts-expect-error the list is missing
User.findBy({ $or: { age: 1 } });
// @ts-expect-error no direction
User.findBy({}, { orderBy: { age: 'up' } });
// @ts-expect-error lists have no place in an order
User.findBy({}, { orderBy: { tags: 'asc' } });
// @ts-expect-error one document needs no limit
User.findOneBy({}, { limit: 1 });
// @ts-expect-error no such option
User.countBy({}, { limit: 1 });
// @ts-expect-error no such option
Index({ sorted: true });
// @ts-expect-error yes or no
Index({ sortable: 'yes' });

// Names that could not be searched are not offered.
expectTypeOf<Extract<'photo' | 'limits' | 'look' | 'greet' | 'key', keyof Where<User>>>().toBeNever();
expectTypeOf<Extract<'photo' | 'tags' | 'places' | 'greet', keyof OrderBy<User>>>().toBeNever();

// --- in generic code

export class Repository<T extends AtomicRedisModel> {
  constructor(private readonly model: ModelType<T>) {}

  list(where: Where<T>, orderBy: OrderBy<T>): Promise<T[]> {
    return this.model.findBy(where, { orderBy });
  }
}

/** Conditions on the fields of a base class. */
export class Users<T extends User> {
  constructor(private readonly model: ModelType<T>) {}

  adults(where: Where<T>): Promise<T[]> {
    const own: Where<User> = { age: { $gte: 18 } };
    const orderBy: OrderBy<User> = { age: 'asc' };
    return this.model.findBy({ ...where, $and: [...(where.$and ?? []), own as Where<T>] }, { orderBy: orderBy as OrderBy<T> });
  }

  create(age: number): Promise<T> {
    const own: Init<User> = { age };
    return this.model.create(own);
  }
}

expectTypeOf(new Repository(User).list({ age: 3 }, { age: 'asc' })).resolves.toEqualTypeOf<User[]>();
