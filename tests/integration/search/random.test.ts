import fc from 'fast-check';
import type { Backend } from '../../support/backends';
import { describeOnOwnBackends } from '../../support/own-backends';
import { useDatabase } from '../../support/use-models';
import { matches } from './matches';
import { Level, Order, Status } from './models';

const texts = fc
  .oneof(
    fc.constantFrom('', 'a', 'A', 'a b', ' a', 'a,b', 'é', '😀', '$p0', '*', '"', '\\', '@id:{x}'),
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  )
  .map((text) => text.replaceAll('\0', ''));
const numbers = fc.oneof(fc.integer({ min: -2, max: 3 }), fc.constantFrom(0.5, -0.25, 1e21, 2 ** 53 - 1, 5e-324));
const wholes = fc.integer({ min: -2, max: 3 });
const bigints = fc.constantFrom(0n, -1n, 2n ** 64n, 2n ** 64n + 1n);
const dates = fc.constantFrom(0, -1, 1_767_225_600_000, 1_767_225_600_001).map((ms) => new Date(ms));
const seconds = fc.constantFrom(0, 500, 1_767_225_600_000).map((ms) => new Date(ms));
const statuses = fc.constantFrom(Status.Open, Status.Paid, Status.Sent);
const levels = fc.constantFrom(Level.Low, Level.High);
const languages = fc.constantFrom('de' as const, 'en' as const);

const inIso = (date: Date): number => date.getTime();

const lines = fc.record({ sku: texts, amount: numbers, colors: fc.array(texts, { maxLength: 2 }), isGift: fc.boolean() });

/** Documents as other releases and programs may have written them: members with a default can be missing. */
const stored = fc.record(
  {
    customer: texts,
    total: wholes,
    discount: fc.option(numbers),
    agent: fc.option(texts),
    channel: fc.option(texts),
    invoice: fc.option(bigints.map(String)),
    gift: fc.boolean(),
    insured: fc.option(fc.boolean()),
    status: statuses,
    level: fc.option(levels),
    language: languages,
    serial: bigints.map(String),
    placedAt: dates.map(inIso),
    paidAt: fc.option(seconds.map((date) => date.getTime() / 1000)),
    tags: fc.array(texts, { maxLength: 3 }),
    marks: fc.array(fc.option(numbers), { maxLength: 3 }),
    address: fc.option(fc.record({ city: texts, zip: fc.option(numbers), region: fc.option(texts) }, { requiredKeys: ['city'] })),
    billing: fc.record({ city: texts, zip: fc.option(numbers), region: fc.option(texts) }),
    lines: fc.array(lines, { maxLength: 2 }),
    extra: fc.option(lines),
  },
  { requiredKeys: ['customer', 'total'] },
);

function equality(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const lists = fc.array(values, { maxLength: 3 });
  return fc.oneof(
    values,
    values.map(($eq) => ({ $eq })),
    values.map(($ne) => ({ $ne })),
    lists.map(($in) => ({ $in })),
    lists.map(($nin) => ({ $nin })),
  );
}

function ordered(values: fc.Arbitrary<unknown>, bounds = values): fc.Arbitrary<unknown> {
  const low = fc.tuple(fc.constantFrom('$gt', '$gte'), bounds);
  const high = fc.tuple(fc.constantFrom('$lt', '$lte'), bounds);
  const range = fc.oneof(
    low.map((one) => [one]),
    high.map((one) => [one]),
    fc.tuple(low, high),
  );
  return fc.oneof(
    equality(values),
    range.map((both) => Object.fromEntries(both) as unknown),
  );
}

function ofList(condition: fc.Arbitrary<unknown>, items: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    condition,
    fc.array(items, { minLength: 1, maxLength: 2 }).map(($all) => ({ $all })),
  );
}

const place = fc.oneof(
  equality(fc.option(texts)).map((region) => ({ region })),
  equality(texts).map((city) => ({ city })),
  ordered(fc.option(numbers), numbers).map((zip) => ({ zip })),
);

const onLine = fc.oneof(
  equality(texts).map((sku) => ({ sku })),
  ordered(numbers).map((amount) => ({ amount })),
);

const CONDITIONS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  customer: equality(texts),
  total: ordered(wholes, numbers),
  discount: ordered(fc.option(numbers), numbers),
  agent: equality(fc.option(texts)),
  channel: equality(fc.option(texts)),
  invoice: equality(fc.option(bigints)),
  gift: equality(fc.boolean()),
  insured: equality(fc.option(fc.boolean())),
  status: equality(statuses),
  level: ordered(fc.option(levels), levels),
  language: equality(languages),
  serial: equality(bigints),
  placedAt: ordered(dates),
  paidAt: ordered(fc.option(seconds), seconds),
  tags: ofList(equality(texts), texts),
  marks: ofList(ordered(numbers), numbers),
  address: place,
  billing: place,
  lines: fc.oneof(
    onLine,
    ofList(equality(texts), texts).map((colors) => ({ colors })),
  ),
  extra: fc.oneof(
    onLine,
    equality(fc.boolean()).map((isGift) => ({ isGift })),
  ),
};

const onField = fc.oneof(...Object.entries(CONDITIONS).map(([name, condition]) => condition.map((value) => ({ [name]: value }))));

const { where } = fc.letrec<{ where: Record<string, unknown> }>((tie) => ({
  where: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    onField,
    fc.tuple(onField, onField).map(([one, other]) => ({ ...one, ...other })),
    fc.array(tie('where'), { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })),
    fc.array(tie('where'), { minLength: 1, maxLength: 3 }).map(($or) => ({ $or })),
    tie('where').map(($not) => ({ $not })),
  ),
}));

const DOCUMENTS = 40;
const CONDITIONS_EACH = 60;

async function store(backend: Backend, documents: readonly object[]): Promise<void> {
  await Promise.all(documents.map((document, at) => backend.overwrite(`Order:${at}`, '$', document)));
}

describeOnOwnBackends('random conditions on random documents', (backend) => {
  useDatabase(() => backend().url, [Order]);

  test('find what a look at each document finds', async () => {
    await Order.createIndex();
    const documents = fc.array(stored, { minLength: DOCUMENTS, maxLength: DOCUMENTS });
    const conditions = fc.array(where, { minLength: CONDITIONS_EACH, maxLength: CONDITIONS_EACH });
    const program = fc.asyncProperty(documents, conditions, async (all, wheres) => {
      await store(backend(), all);
      const { found } = await Order.getMany(all.map((_, at) => String(at)));
      const plain = found.map((order) => order.toObject());
      expect(plain).toHaveLength(DOCUMENTS);
      for (const one of wheres) {
        const expected = plain.filter((order) => matches(one, order)).map(({ id }) => id);
        const orders = await Order.findBy(one);
        const got = orders.map(({ id }) => id).sort((a, b) => Number(a) - Number(b));
        expect({ one, got }).toEqual({ one, got: expected });
      }
    });
    await fc.assert(program, { numRuns: 25 });
  });
});
