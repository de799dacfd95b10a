import { AtomicRedisModel, CorruptDocumentError, dict, Field, Key, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { createClient } from 'redis';
import { EntityId, Repository, Schema } from 'redis-om';
import { describeOnEveryBackend } from '../support/backends';
import { useDatabase } from '../support/use-models';

// What README.md says about documents of other libraries.

@Model({ prefix: 'albums' })
class Album extends AtomicRedisModel {
  @Field(String) artist!: string;
  @Field(Number) year!: number;
  @Field(Boolean) live!: boolean;
  @Field(Date, { format: 'epochSeconds' }) boughtAt!: Date;
  @Field(list(String)) genres!: RedisList<string>;
}

@Model()
class Address extends AtomicRedisModel {
  @Field(String) city!: string;
}

@Model()
class Member extends AtomicRedisModel {
  @Key() @Field(String) username!: string;
  @Field(RedisInt) age!: RedisInt;
  @Field(Number) rating!: number;
  @Field(Date) joinedAt!: Date;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(Number)) scores!: RedisDict<number>;
  @Field(() => Address) address!: Address;
}

@Model({ prefix: 'Flag' })
class Flag extends AtomicRedisModel {
  @Field(Boolean) isOn!: boolean;
}

describeOnEveryBackend('documents of other libraries', (backend) => {
  useDatabase(() => backend.url, [Album, Member, Flag]);

  test('an entity of redis-om is a document, and stays one for redis-om', async () => {
    const client = await createClient({ url: backend.url }).connect();
    const schema = new Schema('albums', {
      artist: { type: 'string' },
      year: { type: 'number' },
      live: { type: 'boolean' },
      boughtAt: { type: 'date' },
      genres: { type: 'string[]' },
    });
    const repository = new Repository(schema, client as never);
    const boughtAt = new Date('2026-03-05T09:30:00.000Z');
    const entity = await repository.save({ artist: 'Mushroomhead', year: 1995, live: false, boughtAt, genres: ['metal'] });
    const id = String((entity as Record<symbol, unknown>)[EntityId]);

    const album = await Album.get(id);
    expect(album.toObject()).toEqual({ artist: 'Mushroomhead', year: 1995, live: false, boughtAt, genres: ['metal'] });
    await album.genres.aappend('live');
    await album.field('boughtAt').save();

    const again = await repository.fetch(id);
    expect(again['genres']).toEqual(['metal', 'live']);
    expect(again['boughtAt']).toEqual(boughtAt);
    await client.close();
  });

  test('a document of rapyer is read and written in place', async () => {
    const stored = {
      username: 'ada',
      age: 36,
      rating: 1.5,
      joinedAt: '2024-01-02T03:04:05.678901Z',
      tags: ['a'],
      scores: { chess: 3.0 },
      address: { city: 'London' },
    };
    await backend.overwrite('Member:ada', '$', stored);

    const member = await Member.get('ada');
    expect(member.toObject()).toEqual({ ...stored, joinedAt: new Date('2024-01-02T03:04:05.678Z') });
    await member.age.increase();
    await member.tags.aappend('b');

    await expect(backend.json('Member:ada')).resolves.toEqual({ ...stored, age: 37, tags: ['a', 'b'] });
  });

  test('what rapyer stores as a pickle is refused, not run', async () => {
    await backend.overwrite('Flag:1', '$', { isOn: 'gASILg==' });

    await expect(Flag.get('1')).rejects.toBeInstanceOf(CorruptDocumentError);
  });
});
