import { AtomicRedisModel, Field, list, Model, RedisList, RedisStr } from 'redatom';
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

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** All ranges of a list of twelve, whose positions begin with the same digits; and some of a long one. */
const ranges = [
  ...upTo(12).flatMap((start) => upTo(12 - start).map((more) => ({ length: 12, start, end: start + more + 1 }))),
  ...[0, 1, 9, 10, 99, 100, 101].flatMap((start) => [102, 110, 111, 999, 1001, 1200].map((end) => ({ length: 1200, start, end }))),
];

describeOnEveryBackend('ranges of lists', (backend) => {
  useModels(backend, Album, Song);

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
