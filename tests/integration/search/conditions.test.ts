import type { Init, Where } from 'redatom';
import { describeOnOwnBackends } from '../../support/own-backends';
import { useDatabase } from '../../support/use-models';
import { Level, Order, Status } from './models';

const ORDERS: Readonly<Record<string, Init<Order>>> = {
  a: {
    customer: 'Ada',
    total: 10,
    discount: 0.5,
    agent: 'Bob',
    channel: null,
    invoice: 2n ** 70n,
    gift: true,
    insured: true,
    level: Level.Low,
    serial: 9_007_199_254_740_993n,
    placedAt: new Date('2026-01-01T00:00:00.000Z'),
    paidAt: new Date('2026-01-02T00:00:00.500Z'),
    tags: ['new', 'a b'],
    marks: [3, null, 9],
    address: { city: 'Rome', zip: 100 },
    billing: { city: 'Oslo', zip: 7 },
    lines: [
      { sku: 's1', amount: 1, colors: ['red', 'blue'], isGift: true },
      { sku: 's2', amount: 20, colors: ['blue', ''] },
    ],
    extra: { sku: 's9', amount: 2, isGift: true },
  },
  b: { customer: 'ada', total: 20, insured: false, status: Status.Paid, tags: [''], marks: [], address: { city: '' } },
  c: { customer: '', total: -3, level: Level.High, language: 'de', status: Status.Sent, lines: [{ sku: 's1', amount: 5 }] },
};

/** Conditions, and the orders that meet them. */
const CASES: readonly [what: string, where: Where<Order>, found: string][] = [
  ['none', {}, 'abc'],
  ['the key', { id: 'b' }, 'b'],
  ['text', { customer: 'Ada' }, 'a'],
  ['text in another case', { customer: 'ada' }, 'b'],
  ['the empty text', { customer: '' }, 'c'],
  ['a whole number', { total: 20 }, 'b'],
  ['a number with a fraction', { discount: 0.5 }, 'a'],
  ['true, and a default', { gift: true }, 'a'],
  ['false', { gift: false }, 'bc'],
  ['an enum', { status: Status.Paid }, 'b'],
  ['an enum of numbers', { level: Level.High }, 'c'],
  ['a literal', { language: 'de' }, 'c'],
  ['a bigint beyond all doubles', { serial: 9_007_199_254_740_993n }, 'a'],
  ['its neighbour', { serial: 9_007_199_254_740_992n }, ''],
  ['a date in milliseconds', { placedAt: new Date('2026-01-01T00:00:00.000Z') }, 'a'],
  ['a date in seconds', { paidAt: new Date('2026-01-02T00:00:00.500Z') }, 'a'],
  ['several fields', { gift: false, status: Status.Sent }, 'c'],
  ['an item', { tags: 'a b' }, 'a'],
  ['an empty item', { tags: '' }, 'b'],
  ['an item that is a number', { marks: 9 }, 'a'],
  ['a nested field', { address: { city: 'Rome' } }, 'a'],
  ['an empty nested field', { address: { city: '' } }, 'b'],
  ['a field of an item', { lines: { sku: 's1' } }, 'ac'],
  ['a list in an item', { lines: { colors: { $all: ['red', ''] } } }, 'a'],
  ['a boolean beside items', { extra: { isGift: true } }, 'a'],
  ['a range over items', { lines: { amount: { $gt: 1, $lt: 20 } } }, 'c'],
  ['$eq', { total: { $eq: 10 } }, 'a'],
  ['$ne', { customer: { $ne: 'ada' } }, 'ac'],
  ['$ne where some have nothing', { discount: { $ne: 0.5 } }, 'bc'],
  ['$in', { customer: { $in: ['Ada', ''] } }, 'ac'],
  ['$in of numbers', { total: { $in: [10, -3] } }, 'ac'],
  ['$in of nothing', { total: { $in: [] } }, ''],
  ['$nin', { total: { $nin: [10, -3] } }, 'b'],
  ['$nin of nothing', { total: { $nin: [] } }, 'abc'],
  ['$gt', { total: { $gt: 10 } }, 'b'],
  ['$gte', { total: { $gte: 10 } }, 'ab'],
  ['$lt', { total: { $lt: 10 } }, 'c'],
  ['$lte', { total: { $lte: 10 } }, 'ac'],
  ['a range', { total: { $gt: -3, $lte: 10 } }, 'a'],
  ['a range with a fraction', { total: { $gt: 9.5, $lt: 10.5 } }, 'a'],
  ['a range of dates', { placedAt: { $gte: new Date('2025-01-01') } }, 'a'],
  ['a range over a list', { marks: { $gt: 3, $lt: 9 } }, ''],
  ['$all', { tags: { $all: ['new', 'a b'] } }, 'a'],
  ['$all of which one is missing', { tags: { $all: ['new', 'b'] } }, ''],
  ['$ne of a list', { tags: { $ne: 'new' } }, 'bc'],
  ['null of numbers', { discount: null }, 'bc'],
  ['not null of numbers', { discount: { $ne: null } }, 'a'],
  ['null of booleans', { insured: null }, 'c'],
  ['null of an enum', { level: null }, 'b'],
  ['null or a value', { level: { $in: [null, Level.Low] } }, 'ab'],
  ['null of texts', { agent: null }, 'bc'],
  ['not null of texts', { agent: { $ne: null } }, 'a'],
  ['null of texts with a default', { channel: null }, 'a'],
  ['null of bigints', { invoice: null }, 'bc'],
  ['null or a text', { agent: { $in: [null, 'Bob'] } }, 'abc'],
  ['null of a nested text', { address: { region: null } }, 'abc'],
  ['not null of a nested text', { billing: { region: { $ne: null } } }, 'bc'],
  ['null of dates', { paidAt: { $ne: null } }, 'a'],
  ['null of a nested number', { address: { zip: null } }, 'bc'],
  ['$or', { $or: [{ customer: 'Ada' }, { total: { $lt: 0 } }] }, 'ac'],
  ['$and', { $and: [{ gift: false }, { $or: [{ total: 20 }, { total: 10 }] }] }, 'b'],
  ['$not', { $not: { $or: [{ customer: 'Ada' }, { total: -3 }] } }, 'b'],
  ['$and of nothing', { $and: [] }, 'abc'],
  ['$or of nothing', { $or: [] }, ''],
  ['$not of all', { $not: {} }, ''],
  ['$or beside others', { $or: [{ total: 10 }, { total: 20 }], gift: true }, 'a'],
  ['two $not', { $not: { $not: { total: 10 } } }, 'a'],
  ['a nested default', { billing: { city: 'Rome' } }, 'bc'],
  ['operators of several kinds', { total: { $in: [10, 20], $gt: 10, $ne: 5 } }, 'b'],
];

describeOnOwnBackends('conditions', (backend) => {
  useDatabase(() => backend().url, [Order]);
  beforeAll(async () => {
    await Order.createIndex();
    await Order.insertMany(Object.entries(ORDERS).map(([id, order]) => ({ id, ...order })));
  });

  test.each(CASES)('%s', async (_what, where, found) => {
    const orders = await Order.findBy(where);

    expect(
      orders
        .map(({ id }) => id)
        .sort()
        .join(''),
    ).toBe(found);
    expect(await Order.countBy(where)).toBe(found.length);
    expect((await Order.findOneBy(where, { orderBy: { total: 'asc' } }))?.id).toBe(
      orders.sort((one, other) => one.total.value - other.total.value)[0]?.id,
    );
  });
});
