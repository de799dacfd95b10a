import { AtomicRedisModel, Field, json, list, Model, RedisList, RedisStr, StaleItemError, ValidationError, type Json } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model()
class Song extends AtomicRedisModel {
  @Field(RedisStr) title!: RedisStr;
}

@Model()
class Album extends AtomicRedisModel {
  @Field(list(Number)) years!: RedisList<number>;
  @Field(list(() => Song)) songs!: RedisList<Song>;
}

@Model()
class Notebook extends AtomicRedisModel {
  @Field(list(json())) notes!: RedisList<Json>;
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** All ranges of a list of twelve, some of whose positions begin with the same digit, and some ranges of a long list. */
const ranges = [
  ...upTo(12).flatMap((start) => upTo(12 - start).map((more) => ({ length: 12, start, end: start + more + 1 }))),
  ...[0, 1, 9, 10, 99, 100, 101].flatMap((start) => [102, 110, 111, 999, 1001, 1200].map((end) => ({ length: 1200, start, end }))),
];

describeOnEveryBackend('ranges of lists', (backend) => {
  useModels(backend, Album, Song, Notebook);

  test('each that is removed is gone, and nothing else', async () => {
    for (const { length, start, end } of ranges) {
      const album = await Album.create({ years: upTo(length) });
      const left = upTo(length).toSpliced(start, end - start);

      album.years.removeRange(start, end);
      await album.saveChanges();

      expect([...album.years]).toEqual(left);
      expect(await backend.json(album.key)).toMatchObject({ years: left });
      await album.delete();
    }
  });

  describe('of many items from the middle', () => {
    const [start, end] = [10, 1100];

    /** Removes the range from in front of `behind`, and counts the pops that this took on the server. */
    const removal = async (behind: readonly Json[]): Promise<{ pops: number }> => {
      const book = await Notebook.create({ notes: [...upTo(end), ...behind] });
      const places = behind.map((_, at) => [`$.notes[${end + at}]`, `$.notes[${start + at}]`] as const);
      const before = await Promise.all(places.map(([path]) => backend.send('JSON.GET', book.key, path)));

      book.notes.removeRange(start, end);
      const run = await backend.commandsRun(() => book.saveChanges());

      expect(await backend.json(book.key, '$.notes')).toEqual([...upTo(start), ...behind]);
      expect(await Promise.all(places.map(([, path]) => backend.send('JSON.GET', book.key, path)))).toEqual(before);
      return { pops: run.filter(({ name }) => name === 'JSON.ARRPOP').length };
    };

    test('takes those behind once, instead of moving them for each', async () => {
      const behind: Json[] = ['1.5', 'a\\"1.5', '"', '\\', 'é😀', true, null, [], {}, { 'a "1e5"': [[1], { '\\': 2 }] }, 2 ** 53 - 1, -7];

      const { pops } = await removal([...behind, ...upTo(1000)]);

      expect(pops).toBeLessThan(1020);
    });

    test.each([0.1 + 0.2, 1e30, { a: [-1.5e-7] }])(
      'moves %j with each of them, because it might be read as another number',
      async (number) => {
        const { pops } = await removal(['a', number]);

        expect(pops).toBe(end - start);
      },
    );
  });

  test('each that is kept is what slice gives, of lists of any length', async () => {
    const ends = [undefined, ...upTo(13).map((end) => end - 6)];
    const kept = upTo(13).flatMap((start) => ends.map((end) => [start - 6, end] as const));
    for (const length of [0, 1, 4]) {
      const album = await Album.create({ years: [] });
      for (const [start, end] of kept) {
        await backend.overwrite(album.key, '$["years"]', upTo(length));
        await album.load();
        const left = upTo(length).slice(start, end);

        expect([start, end, await album.years.atrim(start, end)]).toEqual([start, end, left.length]);

        expect([...album.years]).toEqual(left);
        expect(await backend.json(album.key, '$["years"]')).toEqual(left);
      }
    }
  });

  test('what others have appended counts for what is kept', async () => {
    const album = await Album.create({ years: upTo(5) });
    const other = await Album.get(album.key);
    await other.years.aextend([100, 101]);

    const sent = await backend.trafficOf(() => album.years.atrim(-3));
    other.years.append(102);
    other.years.trim(-3);
    await other.saveChanges();

    expect(sent).toMatchObject([{ name: 'JSON.ARRTRIM', args: `"${album.key}" "$.years" "-3" "-1"` }]);
    expect(await backend.json(album.key, '$["years"]')).toEqual([100, 101, 102]);
  });

  test('a log that is capped with each append is one commit, and items that stay can be changed in it', async () => {
    const album = await Album.create({ songs: upTo(3).map((n) => ({ title: `song ${n}` })) });

    const sent = await backend.roundTrips(() =>
      album.pipeline(() => {
        album.songs.trim(-2);
        album.songs[0]?.title.append('!');
        album.songs.append({ title: 'last' });
        album.songs.trim(-2);
        album.songs[0]?.title.append('?');
      }),
    );

    expect(sent).toEqual(['EVALSHA']);
    expect(album.songs.map((song) => song.title.value)).toEqual(['song 2?', 'last']);
    expect(await backend.json(album.key)).toEqual(album.toJSON());
  });

  test('items that were trimmed away are gone, and one that throws puts them back', async () => {
    const album = await Album.create({ songs: upTo(4).map((n) => ({ title: `song ${n}` })) });
    const [first, , , last] = album.songs;
    const before = album.toJSON();

    const work = album.pipeline(() => {
      album.songs.trim(1, 3);
      expect(() => first?.title.append('x')).toThrow(StaleItemError);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(album.toJSON()).toEqual(before);
    await last?.title.aappend('!');

    expect(await album.songs.atrim(3)).toBe(1);
    expect(album.songs[0]).toBe(last);
    await expect(first?.title.aappend('x')).rejects.toMatchObject({ code: 'STALE_ITEM' });
    expect(await backend.json(album.key)).toEqual({ years: [], songs: [{ title: 'song 3!' }] });
  });

  test('positions that are none are refused before anything is sent', async () => {
    const album = await Album.create({ years: upTo(3) });

    const sent = await backend.roundTrips(async () => {
      for (const wrong of [1.5, NaN, Infinity, '1', null, undefined])
        await expect(album.years.atrim(wrong as number)).rejects.toMatchObject({ code: 'VALIDATION' });
      await expect(album.years.atrim(0, { timeoutMs: 5 } as never)).rejects.toMatchObject({ code: 'VALIDATION' });
      expect(() => album.years.trim(0, 1.5)).toThrow(ValidationError);
    });

    expect(sent).toEqual([]);
    expect([...album.years]).toEqual([0, 1, 2]);
  });

  test('positions that follow in the same commit are those of what is left', async () => {
    const album = await Album.create({ songs: upTo(24).map((n) => ({ title: `song ${n}` })) });

    await album.pipeline(() => {
      album.songs.splice(1, 21);
      album.songs[1]?.title.append('!');
      album.songs.append({ title: 'last' });
      album.songs.splice(2, 1);
    });

    expect(album.songs.map((song) => song.title.value)).toEqual(['song 0', 'song 22!', 'last']);
    expect(await backend.json(album.key)).toEqual(album.toJSON());
  });

  test('what others have appended stays', async () => {
    const album = await Album.create({ years: upTo(30) });
    const other = await Album.get(album.key);
    await other.years.aextend([100, 101]);

    album.years.length = 10;
    await album.saveChanges();

    expect(await backend.json(album.key)).toMatchObject({ years: [...upTo(10), 100, 101] });
  });
});
