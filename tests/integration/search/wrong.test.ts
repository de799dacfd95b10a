import {
  AtomicRedisModel,
  Field,
  Index,
  list,
  Model,
  type OrderBy,
  RedatomError,
  type RedisList,
  ValidationError,
  type Where,
} from 'redatom';
import { describeOnOwnBackends } from '../../support/own-backends';
import { failureOf } from '../../support/failure-of';
import { useDatabase } from '../../support/use-models';
import { Order } from './models';

/** A condition inside `levels` others. */
function nested(levels: number): object {
  let where: object = { total: 1 };
  for (let level = 0; level < levels; level += 1) where = level % 2 === 0 ? { $or: [{ total: 2 }, where], gift: false } : { $not: where };
  return where;
}

/** Conditions that contain themselves twice: visiting all levels would take for ever. */
function holdsItself(): object {
  const where: Record<string, unknown> = {};
  where['$or'] = [where, where];
  return where;
}

/** Wrong conditions that types refuse or cannot tell from right ones, each with its message: the place, what is expected, what was found. */
const WRONG: readonly [where: unknown, message: string][] = [
  [undefined, 'Order: where expects an object of conditions, or {} for all documents, found nothing'],
  ['o1', 'Order: where expects an object of conditions, or {} for all documents, found the text "o1"'],
  [{ note: 'x' }, 'Order: note expects a field of Order with @Index(): id, customer, '],
  [{ nothing: 1 }, 'Order: nothing expects a field of Order with @Index(): id, customer, '],
  [JSON.parse('{"__proto__":1}'), 'Order: __proto__ expects a field of Order with @Index(): id, '],
  [{ constructor: 1 }, 'Order: constructor expects a field of Order with @Index(): id, '],
  [{ total: undefined }, 'Order: total expects a value (leave the condition out where there is none), found nothing'],
  [{ total: '5' }, 'Order: total expects a whole number between -(2^53 - 1) and 2^53 - 1, found the text "5"'],
  [{ total: { $gt: NaN } }, 'Order: total.$gt expects a finite number, found the number NaN'],
  [{ total: { $gt: undefined } }, 'Order: total.$gt expects a value (leave the condition out where there is none), found nothing'],
  [{ total: { $gt: 1, $gte: 2 } }, 'Order: total expects $gt or $gte, not both, found an object'],
  [
    { total: { $like: 1 } },
    'Order: total.$like expects one of the operators $eq, $ne, $in, $nin, $gt, $gte, $lt, $lte, found the number 1',
  ],
  [{ customer: { $like: 'a' } }, 'Order: customer.$like expects one of the operators $eq, $ne, $in, $nin, found the text "a"'],
  [{ tags: { $like: 'a' } }, 'Order: tags.$like expects one of the operators $eq, $ne, $in, $nin, $all, found the text "a"'],
  [{ customer: ['a'] }, 'Order: customer expects one value, or { $in: [] }, found a list of 1'],
  [{ tags: ['a'] }, 'Order: tags expects one value, or { $all: [] } or { $in: [] }, found a list of 1'],
  [{ total: { toString: 1 } }, 'Order: total.toString expects one of the operators $eq, '],
  [{ total: {} }, 'Order: total expects a value or operators, found an object'],
  [{ total: { $in: 5 } }, 'Order: total.$in expects a list of values, found the number 5'],
  [{ total: { $in: [1, 'x'] } }, 'Order: total.$in[1] expects a whole number between -(2^53 - 1) and 2^53 - 1, found the text "x"'],
  [{ total: { $all: [1] } }, 'Order: total.$all expects a field of several values, found a list'],
  [{ tags: { $all: [] } }, 'Order: tags.$all expects a list of at least one value, found a list'],
  [{ tags: null }, 'Order: tags expects a value, because an index keeps nothing of items that are null, found null'],
  [
    { customer: { $gt: 'a' } },
    'Order: customer.$gt expects a field of numbers or dates, because others have no order in an index, found the text "a"',
  ],
  [{ customer: null }, 'Order: customer expects a value, because the field is never null, found null'],
  [{ customer: 'a\0b' }, 'Order: customer expects text without NUL, at which an index cuts it off, found the text "a\\u0000b"'],
  [{ customer: '\ud800' }, 'Order: customer expects text (well-formed Unicode), found '],
  [{ status: 'lost' }, 'Order: status expects one of "open", "paid", "sent", found the text "lost"'],
  [{ placedAt: 5 }, 'Order: placedAt expects a valid Date, found the number 5'],
  [{ placedAt: { $gt: new Date(NaN) } }, 'Order: placedAt.$gt expects a valid Date, found '],
  [{ address: null }, 'Order: address expects an object of conditions, found null'],
  [{ address: { street: 'x' } }, 'Order: address.street expects a field of Address with @Index(): '],
  [{ address: { $or: [] } }, 'Order: address.$or expects a field of Address with @Index(): '],
  [
    { lines: { sku: 's1', amount: 1 } },
    'Order: lines expects a condition on one field, because several would not have to hold for the same item, found an object',
  ],
  [{ lines: { isGift: true } }, 'Order: lines.isGift expects a field of Line with @Index(): sku, amount, colors, found the boolean true'],
  [{ address: {} }, 'Order: address expects a condition on one of its fields, found an object'],
  [{ lines: {} }, 'Order: lines expects a condition on one of its fields, found an object'],
  [{ $and: { total: 1 } }, 'Order: $and expects a list of objects of conditions, found an object'],
  [{ $or: [{ total: 1 }, { total: 'x' }] }, 'Order: $or[1].total expects a whole number'],
  [{ $not: null }, 'Order: $not expects an object of conditions, found null'],
  [{ $nor: [{ total: 1 }] }, 'Order: $nor expects one of $and, $or and $not, found a list of 1'],
  [{ 'address.city': 'Rome' }, 'Order: address.city expects to be written as { address: { city: … } }, found the text "Rome"'],
  [{ 'total.city': 'Rome' }, 'Order: total.city expects a field of Order with @Index(): '],
  // Lists with holes, which methods of Array skip, and names that are symbols.
  [{ $and: new Array(1) }, 'Order: $and[0] expects an object of conditions, found nothing'],
  [{ $or: new Array(1) }, 'Order: $or[0] expects an object of conditions, found nothing'],
  [{ tags: { $all: new Array(1) } }, 'Order: tags.$all[0] expects a value (leave the condition out where there is none), found nothing'],
  [{ total: { $in: new Array(1) } }, 'Order: total.$in[0] expects a value (leave the condition out where there is none), found nothing'],
  [{ [Symbol('or')]: [{ total: 1 }] }, 'Order: Symbol(or) expects a field of Order with @Index(): '],
  [{ total: { $gt: 1, [Symbol('lt')]: 5 } }, 'Order: total.Symbol(lt) expects one of the operators $eq, '],
  [nested(32), 'Order: where expects conditions nested at most 32 deep, without cycles, found an object'],
  [nested(100_000), 'Order: where expects conditions nested at most 32 deep, without cycles, found an object'],
  [holdsItself(), 'Order: where expects conditions nested at most 32 deep, without cycles, found an object'],
];

const WRONG_ORDERS: readonly [orderBy: unknown, message: string][] = [
  [{}, "Order: orderBy expects one field and its direction, such as { age: 'desc' }, found an object"],
  ['total', 'Order: orderBy expects one field and its direction, such as { age: \'desc\' }, found the text "total"'],
  [{ total: 'asc', customer: 'asc' }, 'Order: orderBy expects one field and its direction'],
  [{ total: 'up' }, "Order: orderBy.total expects 'asc' or 'desc', found the text \"up\""],
  [
    { gift: 'asc' },
    'Order: orderBy.gift expects a field with @Index({ sortable: true }): customer, total, placedAt, extra, found the text "asc"',
  ],
  [{ tags: 'asc' }, 'Order: orderBy.tags expects a field with @Index({ sortable: true })'],
  [{ address: { city: 'asc' } }, 'Order: orderBy.address.city expects a field with @Index({ sortable: true })'],
  [
    { lines: { amount: 'asc' } },
    'Order: orderBy.lines.amount expects a field with @Index({ sortable: true }) that stands in no list, found',
  ],
];

describeOnOwnBackends('wrong conditions', (backend) => {
  useDatabase(() => backend().url, [Order]);
  beforeAll(() => Order.createIndex());

  test.each(WRONG.map(([where, message]) => [message, where] as const))('%s', async (message, where) => {
    const error = await failureOf(() => Order.findBy(where as Where<Order>));

    expect(error).toBeInstanceOf(ValidationError);
    expect(error.message.startsWith(message) ? message : error.message).toBe(message);
    expect(error).toMatchObject({ model: 'Order', command: 'findBy' });
  });

  test('nested as deep as they may be are understood', async () => {
    await Order.create({ id: 'a', customer: '', total: 1 });

    expect([await Order.countBy(nested(29)), await Order.countBy(nested(31))]).toEqual([1, 0]);
    await Order.deleteMany(['a']);
  });

  test.each(WRONG_ORDERS)('in the order of %j', async (orderBy, message) => {
    const error = await failureOf(() => Order.findBy({}, { orderBy: orderBy as OrderBy<Order> }));

    expect(error.message.startsWith(message) ? message : error.message).toBe(message);
  });

  test('are all told at once, and nothing is sent', async () => {
    const where = { total: 'x', note: 1, $or: [{ gift: 5 }] } as unknown as Where<Order>;
    const call = (): Promise<unknown> =>
      Order.findBy(where, { orderBy: { gift: 'up' } as unknown as OrderBy<Order> }).catch((error: unknown) => error);

    expect(await backend().commandsSent(call)).toEqual([]);
    expect(((await call()) as ValidationError).problems.map(({ field }) => field)).toEqual([
      'total',
      'note',
      '$or[0].gift',
      'orderBy.gift',
    ]);
  });

  test.each([
    [{ limit: -1 }, 'limit must be a whole number of at least 0, found the number -1'],
    [{ limit: 1.5 }, 'limit must be a whole number of at least 0, found the number 1.5'],
    [{ offset: NaN }, 'offset must be a whole number of at least 0, found the number NaN'],
    [{ take: 5 }, 'findBy() knows no option "take"; it takes limit, offset, onCorrupt, orderBy, signal, timeoutMs'],
    [{ onCorrupt: 5 }, 'onCorrupt takes a function, such as (error) => …, found the number 5'],
  ])('options %j', async (options, message) => {
    const error: unknown = await Order.findBy({}, options as object).catch((reason: unknown) => reason);

    expect(error).not.toBeInstanceOf(RedatomError);
    expect((error as Error).message).toBe(message);
  });
});

@Model()
class Size extends AtomicRedisModel {
  @Index() @Field(Number) width!: number;
  @Index({ sortable: true }) @Field(Number) height!: number;
}

@Model()
class Part extends AtomicRedisModel {
  @Field(() => Size) size!: Size;
}

@Model()
class Kit extends AtomicRedisModel {
  @Field(list(() => Part)) parts!: RedisList<Part>;
}

describeOnOwnBackends('conditions on a model in the items of a list', (backend) => {
  useDatabase(() => backend().url, [Kit]);
  beforeAll(async () => {
    await Kit.createIndex();
    await Kit.create({ parts: [{ size: { width: 1, height: 2 } }, { size: { width: 3, height: 4 } }] });
  });

  test('are refused where different items could meet them', async () => {
    const both = { parts: { size: { width: 1, height: 4 } } };

    await expect(Kit.findBy(both)).rejects.toThrow('Kit: parts.size expects a condition on one field, because');
    expect(await Kit.countBy({ parts: { size: { width: 1 } } })).toBe(1);
  });

  test('do not make an order, though the field is sortable elsewhere', async () => {
    const orderBy = { parts: { size: { height: 'asc' } } } as unknown as OrderBy<Kit>;

    await expect(Kit.findBy({}, { orderBy })).rejects.toThrow(
      'Kit: orderBy.parts.size.height expects a field with @Index({ sortable: true }) that stands in no list, found',
    );
  });
});
