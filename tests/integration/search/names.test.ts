import fc from 'fast-check';
import { AtomicRedisModel, Field, Index, Key, Model } from 'redatom';
import { describeOnOwnBackends } from '../../support/own-backends';
import { useDatabase } from '../../support/use-models';

const NAMES = [
  'a b',
  'a.b',
  'a-b',
  "q'q",
  'd"d',
  '😀',
  'é',
  '日本',
  '$x',
  '@x',
  'a{b',
  'a}b',
  'a|b',
  'a(b',
  'a[b',
  '1a',
  '*',
  'a:b',
  'a,b',
  'a/b',
  'x\ty',
  'n\nz',
  '-',
];

@Model()
class Odd extends AtomicRedisModel {}
for (const name of NAMES) {
  Index({ sortable: true })(Odd.prototype, name);
  Field(String, { default: 'none' })(Odd.prototype, name);
}

/** The same names of fields that can be null. */
@Model()
class Gap extends AtomicRedisModel {}
for (const name of NAMES) {
  Index()(Gap.prototype, name);
  Field(String, { nullable: true })(Gap.prototype, name);
}

@Model()
class Word extends AtomicRedisModel {
  @Index() @Key() @Field(String) text!: string;
}

describeOnOwnBackends('names and values of any kind', (backend) => {
  useDatabase(() => backend().url, [Odd, Gap, Word]);
  beforeAll(() => Promise.all([Odd.createIndex(), Gap.createIndex(), Word.createIndex()]));

  test.each(NAMES)('a field named %j', async (name) => {
    const odd = await Odd.create({ [name]: `is ${name}` });
    await backend().overwrite(
      `Odd:lacks ${name}`,
      '$',
      Object.fromEntries(NAMES.filter((other) => other !== name).map((other) => [other, ''])),
    );
    const find = (where: object): Promise<Odd[]> => Odd.findBy(where, { orderBy: { [name]: 'desc' } });
    const keys = async (where: object): Promise<string[]> => (await find(where)).map(({ key }) => key);

    expect(await keys({ [name]: `is ${name}` })).toEqual([odd.key]);
    expect(await keys({ $and: [{ [name]: 'none' }, { [NAMES.find((other) => other !== name) as string]: '' }] })).toEqual([
      `Odd:lacks ${name}`,
    ]);
    await backend().send('DEL', `Odd:lacks ${name}`);
  });

  test.each(NAMES)('a field named %j that is null', async (name) => {
    const all = (value: string | null): object => Object.fromEntries(NAMES.map((other) => [other, value]));
    const [full, gap] = (await Gap.insertMany([all('x'), { ...all('x'), [name]: null }])) as [Gap, Gap];
    const keys = async (where: object): Promise<string[]> => (await Gap.findBy(where)).map(({ key }) => key);

    expect(await keys({ [name]: null })).toEqual([gap.key]);
    expect(await keys({ [name]: { $ne: null } })).toEqual([full.key]);
    await Gap.deleteMany([full.key, gap.key]);
  });

  test('texts are found as they are, and nothing else with them', async () => {
    const texts = fc.uniqueArray(
      fc
        .string({ unit: 'binary', minLength: 1, maxLength: 12 })
        .filter((text) => text.isWellFormed() && !text.includes('\0') && !text.startsWith('Word:')),
      { minLength: 2, maxLength: 10 },
    );
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        await Word.insertMany(all.map((text) => ({ text })));
        for (const text of all) expect((await Word.findBy({ text })).map((word) => word.text)).toEqual([text]);
        expect(await Word.countBy({ text: { $in: all } })).toBe(all.length);
        await Word.deleteMany(all);
      }),
    );
  });

  test('texts of a megabyte and of neighbours are told apart', async () => {
    const long = 'x'.repeat(1_000_000);
    await Word.insertMany([{ text: `${long}a` }, { text: `${long}b` }]);

    expect(await Word.countBy({ text: `${long}b` })).toBe(1);
    expect(await Word.countBy({ text: long })).toBe(0);
  });
});
