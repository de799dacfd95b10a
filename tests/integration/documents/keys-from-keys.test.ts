import { randomUUID } from 'node:crypto';
import { AtomicRedisModel, Field, Key, Model, RedisInt } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

@Model({ prefix: 'album' })
class Album extends AtomicRedisModel {
  @Key() @Field(String, { default: () => randomUUID() }) id!: string;
  @Field(RedisInt) plays!: RedisInt;
}

/** Other programs, and models without a key field, identify a document by its key alone. */
describeOnEveryBackend('a stored document without its key field', (backend) => {
  useModels(backend, Album);

  const store = (key: string, stored: object = {}): Promise<unknown> => backend.send('JSON.SET', key, '$', JSON.stringify(stored));

  test('has its pk there, however it is read', async () => {
    await store('album:jinn');
    const album = await Album.get('jinn');
    await album.load();
    const { found } = await Album.getMany(['jinn']);
    const scanned: Album[] = [];
    for await (const one of Album.scan()) scanned.push(one);
    const locked = await Album.withLockFromKey('jinn', 'work', (same) => same);
    const { document } = await Album.getOrCreate({ id: 'jinn' });

    for (const one of [album, ...found, ...scanned, locked, document]) expect([one.id, one.pk]).toEqual(['jinn', 'jinn']);
    expect(JSON.stringify(album)).toBe('{"id":"jinn","plays":0}');
    expect(await backend.json('album:jinn')).toEqual({});
  });

  test('gets it with the next save, and not before', async () => {
    await store('album:jinn');
    const album = await Album.get('jinn');

    await album.plays.increase();
    await album.saveChanges();
    await album.pipeline((same) => same.plays.add(1));
    expect(await backend.json('album:jinn')).toEqual({ plays: 2 });

    await album.save();
    expect(await backend.json('album:jinn')).toEqual({ id: 'jinn', plays: 2 });
  });
});
