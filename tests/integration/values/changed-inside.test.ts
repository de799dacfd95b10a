import { Type } from 'class-transformer';
import { AtomicRedisModel, dict, Field, Key, list, Model, nullable, RedisDatetime, RedisDict, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

class Money {
  amount = 0;
  @Type(() => Date) since = new Date(0);
}

@Model()
class Entry extends AtomicRedisModel {
  @Field(list(Date)) dates!: RedisList<Date>;
}

@Model()
class Diary extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(Date, { default: () => new Date(0) }) at!: Date;
  @Field(RedisDatetime, { default: () => new Date(0) }) moved!: RedisDatetime;
  @Field(RedisDatetime, { default: () => new Date(0), format: 'epochMs' }) movedMs!: RedisDatetime;
  @Field(list(nullable(Date))) days!: RedisList<Date | null>;
  @Field(list(list(Date))) weeks!: RedisList<RedisList<Date>>;
  @Field(dict(Date)) named!: RedisDict<Date>;
  @Field(list(Money)) purse!: RedisList<Money>;
  @Field(dict(Uint8Array)) files!: RedisDict<Uint8Array>;
  @Field(list(() => Entry)) entries!: RedisList<Entry>;
  @Field(dict(() => Entry)) byName!: RedisDict<Entry>;
  @Field(list(dict(Date))) stamps!: RedisList<RedisDict<Date>>;
  @Field(list(list(() => Entry))) rows!: RedisList<RedisList<Entry>>;
  @Field(list(dict(() => Entry))) pages!: RedisList<RedisDict<Entry>>;
}

const day = (year: number): string => `${year}-01-01T00:00:00.000Z`;
const date = (year: number): Date => new Date(day(year));
const INIT = {
  days: [date(2001), null, date(2002)],
  weeks: [[date(2003)]],
  named: { 'a b': date(2004) },
  purse: [{ amount: 1, since: new Date(0) }],
  files: { 'x.y': Buffer.from([1, 2]) },
  entries: [{ dates: [date(2005)] }],
  byName: { e: { dates: [date(2006)] } },
};

function changeAll(diary: Diary): void {
  diary.days[2]?.setUTCFullYear(2012);
  diary.weeks[0]?.[0]?.setUTCFullYear(2013);
  diary.named['a b']?.setUTCFullYear(2014);
  if (diary.purse[0] !== undefined) diary.purse[0].amount = 7;
  (diary.files['x.y'] as Uint8Array)[0] = 9;
  diary.entries[0]?.dates[0]?.setUTCFullYear(2015);
  diary.byName['e']?.dates[0]?.setUTCFullYear(2026);
  diary.at.setUTCFullYear(2016);
}

const CHANGED = {
  at: day(2016),
  days: [day(2001), null, day(2012)],
  weeks: [[day(2013)]],
  named: { 'a b': day(2014) },
  purse: [{ amount: 7, since: day(1970) }],
  files: { 'x.y': 'CQI=' },
  entries: [{ dates: [day(2015)] }],
  byName: { e: { dates: [day(2026)] } },
};

describeOnEveryBackend('values that are changed from inside, in lists and dicts', (backend) => {
  useModels(backend, Diary);
  let diary: Diary;
  let before: unknown;
  let number = 0;

  beforeEach(async () => {
    diary = await Diary.create({ name: String((number += 1)), ...INIT });
    before = await backend.json(diary.key);
  });

  const stored = (): Promise<unknown> => backend.json(diary.key);

  test('are seen by saveChanges(), which writes each at its own place', async () => {
    changeAll(diary);

    const traffic = await backend.trafficOf(() => diary.saveChanges());

    expect(await stored()).toMatchObject(CHANGED);
    expect(traffic).toHaveLength(1);
    expect(traffic[0]?.args).toContain('"$.days[2]"');
    expect(traffic[0]?.args).not.toContain('2001');
    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('are seen by pipelines', async () => {
    const { committed } = await diary.pipeline(changeAll);

    expect(committed).toBe(true);
    expect(await stored()).toMatchObject(CHANGED);
    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('are seen by locks that save at the end', async () => {
    await diary.withLock('work', changeAll, { saveAtEnd: true });

    expect(await stored()).toMatchObject(CHANGED);
  });

  test('are saved by the lock around one of another action', async () => {
    await diary.withLock(
      'outer',
      async () => {
        diary.at.setUTCFullYear(2001);
        await diary.withLock('inner', () => undefined);
      },
      { saveAtEnd: true },
    );

    expect(await backend.json(diary.key, '$.at')).toBe('2001-01-01T00:00:00.000Z');
  });

  test('do not get in the way of what undoes them, also when they cannot be stored', async () => {
    const failed = diary.pipeline(() => {
      diary.days.append(date(2009));
      diary.moved.addMs(5);
      diary.days[0]?.setTime(NaN);
      diary.weeks[0]?.[0]?.setTime(NaN);
      throw new Error('mine');
    });

    await expect(failed).rejects.toThrow('mine');
    expect(diary.toJSON()).toEqual(before);
    await diary.save();
    expect(await backend.json(diary.key)).toEqual(before);
  });

  test('are what they were when a pipeline throws, or is refused', async () => {
    const throwing = diary.pipeline((it) => {
      changeAll(it);
      throw new Error('stop');
    });
    await expect(throwing).rejects.toThrow('stop');
    expect(diary.toJSON()).toEqual(before);

    await backend.send('DEL', diary.key);
    await expect(
      diary.pipeline((it) => {
        it.days.push(date(2020));
        expect(it.named.get('a b')).toEqual(date(2004));
        it.named.delete('none');
        changeAll(it);
      }),
    ).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(diary.toJSON()).toEqual(before);
    expect(diary.days.map((one) => one?.toISOString() ?? null)).toEqual([day(2001), null, day(2002)]);
  });

  test('are written once with a list that is written as a whole', async () => {
    diary.days[2]?.setUTCFullYear(2012);
    diary.days.reverse();

    const traffic = await backend.trafficOf(() => diary.saveChanges());

    expect(await stored()).toMatchObject({ days: [day(2012), null, day(2001)] });
    expect(traffic[0]?.args.match(/\$\.days\[./g)).toEqual(['$.days[2']);
  });

  test('are given up by load()', async () => {
    changeAll(diary);

    await diary.load();

    expect(diary.toJSON()).toEqual(before);
    expect(diary.named['a b']).toEqual(date(2004));
    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('do not make another one of the item that they are in', async () => {
    const entry = { dates: [date(2001)] };
    await diary.aupdate({ rows: [[entry]], pages: [{ a: entry }], stamps: [{ a: date(2001) }] });
    const [row, page] = [diary.rows[0] as RedisList<Entry>, diary.pages[0] as RedisDict<Entry>];
    row[0]?.dates[0]?.setUTCFullYear(2002);
    page['a']?.dates[0]?.setUTCFullYear(2002);
    diary.stamps[0]?.['a']?.setUTCFullYear(2002);

    await row.aappend({ dates: [] });
    await diary.stamps[0]?.asetItem('b', date(2001));
    await page.asetItem('b', { dates: [] });
    await page['b']?.dates.aappend(date(2003));
    await page['b']?.dates.aappend(date(2004));
    await diary.saveChanges();

    expect(await stored()).toMatchObject({ rows: [[{ dates: [day(2002)] }, {}]], pages: [{ a: { dates: [day(2002)] } }] });
    expect(diary.toJSON()).toEqual(await stored());
  });

  test('show in views, and are written by save() once', async () => {
    changeAll(diary);

    expect(diary.toJSON()).toMatchObject(CHANGED);
    expect(diary.toObject()).toMatchObject({ at: date(2016), days: [date(2001), null, date(2012)], named: { 'a b': date(2014) } });
    await diary.save();
    expect(await stored()).toMatchObject(CHANGED);
    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('are still seen by saveChanges() when a copy was made', async () => {
    changeAll(diary);

    expect(diary.clone()).toMatchObject({ at: date(2016) });
    await diary.saveChanges();

    expect(await stored()).toMatchObject(CHANGED);
  });

  test('are written by save() of their list and dict', async () => {
    changeAll(diary);

    await diary.days.save();
    await diary.named.save();

    expect(await stored()).toMatchObject({ days: CHANGED.days, named: CHANGED.named, at: day(1970) });
    const traffic = await backend.trafficOf(() => diary.saveChanges());
    expect(await stored()).toMatchObject(CHANGED);
    expect(traffic[0]?.args).not.toMatch(/days|named/);
  });

  test('are written by save() of their field once', async () => {
    diary.at.setUTCFullYear(2016);
    diary.moved.value.setUTCFullYear(2017);

    await diary.field('at').save();
    await diary.pipeline((it) => it.moved.save());

    expect(await stored()).toMatchObject({ at: day(2016), moved: day(2017) });
    await backend.overwrite(diary.key, '$["at"]', day(2050));
    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('wait on when save() of their field is refused', async () => {
    diary.at.setUTCFullYear(2016);
    await backend.send('DEL', diary.key);
    await expect(diary.field('at').save()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });

    await backend.overwrite(diary.key, '$', before);
    await diary.saveChanges();

    expect(await stored()).toMatchObject({ at: day(2016) });
  });

  test('follow their item when it moves, and go with it when it goes', async () => {
    const [, , last] = diary.days;
    diary.days.unshift(date(1999));
    last?.setUTCFullYear(2012);
    await diary.saveChanges();
    expect(await stored()).toMatchObject({ days: [day(1999), day(2001), null, day(2012)] });

    last?.setUTCFullYear(2022);
    diary.days.reverse();
    diary.days[0]?.setUTCFullYear(2023);
    diary.days.splice(1, 1);
    await diary.saveChanges();
    expect(await stored()).toMatchObject({ days: [day(2023), day(2001), day(1999)] });

    diary.days[0]?.setUTCFullYear(2030);
    expect(diary.days.shift()?.getUTCFullYear()).toBe(2030);
    await diary.saveChanges();
    expect(await stored()).toMatchObject({ days: [day(2001), day(1999)] });
  });

  test('go before the removal of their item', async () => {
    diary.days[0]?.setUTCFullYear(2011);
    diary.days[2]?.setUTCFullYear(2012);

    expect([await diary.days.apop(), await diary.days.apop(0)]).toEqual([date(2012), date(2011)]);

    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('go before a verb that answers with the member of a dict', async () => {
    await diary.aupdate({ named: { a: date(2001), b: date(2002), c: date(2003) } });
    for (const [name, one] of diary.named) one.setUTCFullYear(name === 'a' ? 2011 : 2012);

    expect(await diary.named.asetDefault('a', date(2000))).toEqual(date(2011));
    expect(await diary.named.apop('b')).toEqual(date(2012));
    await diary.named.asetDefault('a', date(2000));
    diary.named['a']?.setUTCFullYear(2021);
    diary.named['c']?.setUTCFullYear(2022);
    expect(new Set([await diary.named.apopItem(), await diary.named.apopItem()])).toEqual(
      new Set([
        ['a', date(2021)],
        ['c', date(2022)],
      ]),
    );

    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('are refused when they hold what cannot be stored', async () => {
    diary.days[0]?.setTime(NaN);

    const refused = { code: 'VALIDATION', path: '$["days"][0]' };
    expect(() => diary.days.reverse()).toThrow(errorWith(refused));
    expect(() => diary.days.splice(1, 1, date(2000))).toThrow(errorWith(refused));
    await expect(diary.saveChanges()).rejects.toMatchObject(refused);
    expect(await stored()).toEqual(before);
  });

  test('cost nothing where nothing was read', async () => {
    const same = await Diary.get(diary.pk);
    same.days.push(date(2003));
    await same.named.asetItem('b', date(2006));

    const traffic = await backend.trafficOf(() => same.saveChanges());

    expect(traffic).toHaveLength(1);
    expect(await stored()).toMatchObject({ days: [day(2001), null, day(2002), day(2003)], named: { 'a b': day(2004), b: day(2006) } });
  });

  describe('and then moved', () => {
    const moveBoth = (it: Diary): void => {
      it.moved.addMs(5);
      it.movedMs.addMs(5);
    };
    const changeBoth = (it: Diary): void => {
      it.moved.value.setTime(1000);
      it.movedMs.value.setTime(1000);
    };
    const MOVED = { moved: '1970-01-01T00:00:01.005Z', movedMs: 1005 };

    test.each<[string, () => Promise<unknown>]>([
      ['are written by saveChanges()', () => (changeBoth(diary), moveBoth(diary), diary.saveChanges())],
      ['are written by a pipeline', () => (changeBoth(diary), diary.pipeline(moveBoth))],
      ['are written by the pipeline around both', () => diary.pipeline((it) => (changeBoth(it), moveBoth(it)))],
    ])('%s', async (_what, write) => {
      await write();

      expect(await stored()).toMatchObject(MOVED);
      expect(diary.toJSON()).toEqual(await stored());
      expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
    });

    test('are what they were when the pipeline is refused', async () => {
      await backend.send('DEL', diary.key);

      await expect(diary.pipeline((it) => (changeBoth(it), moveBoth(it)))).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });

      expect(diary.toJSON()).toEqual(before);
    });
  });
});
