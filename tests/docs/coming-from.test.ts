import { AtomicRedisModel, CorruptDocumentError, dict, Field, Index, Key, list, Model, RedisDict, RedisInt, RedisList } from 'redatom';
import { createClient } from 'redis';
import { EntityId, Repository, Schema } from 'redis-om';
import { describeOnEveryBackend } from '../support/backends';
import { describeOnOwnBackends } from '../support/own-backends';
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

@Model({ prefix: 'record' })
class Disc extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Index() @Field(String, { nullable: true }) artist!: string | null;
  @Index({ sortable: true }) @Field(Number, { nullable: true }) year!: number | null;
  @Index() @Field(Boolean, { nullable: true }) live!: boolean | null;
  @Index() @Field(Date, { format: 'epochSeconds', nullable: true }) boughtAt!: Date | null;
  @Index() @Field(list(String)) genres!: RedisList<string>;
}

const RECORDS = new Schema('record', {
  artist: { type: 'string' },
  year: { type: 'number', sortable: true },
  live: { type: 'boolean' },
  boughtAt: { type: 'date' },
  genres: { type: 'string[]' },
});
const ARTISTS = ['Mushroomhead', "Guns N' Roses, live-band"];
const DAY = new Date('2000-01-05T00:00:00.004Z');

describeOnOwnBackends('searches of redis-om', (backend, server) => {
  useDatabase(() => backend().url, [Disc]);
  let client: ReturnType<typeof createClient>;
  let repository: Repository;
  beforeAll(async () => {
    client = createClient({ url: backend().url });
    await client.connect();
    repository = new Repository(RECORDS, client as never);
  });
  afterAll(() => client.destroy());

  if (server === 'embedded') {
    test('need a server with all words of RediSearch', async () => {
      await expect(repository.createIndex()).rejects.toThrow('the embedded server does not support SEPARATOR in FT.CREATE');
    });
    return;
  }

  test('find the same as those that stand for them here', async () => {
    await repository.createIndex();
    for (let at = 0; at < 9; at++) {
      const entity = {
        artist: ARTISTS[at % 2] as string,
        year: 1980 + at,
        live: at % 3 === 0,
        genres: at % 4 === 0 ? ['r&b', 'soul'] : ['soul'],
      };
      await repository.save(`r${at}`, { ...entity, boughtAt: new Date(Date.UTC(2000, 0, at + 1, 0, 0, 0, at)) });
    }
    await repository.save('empty', { artist: 'Nobody' });
    await Disc.createIndex();
    const search = () => repository.search();
    const [artist = ''] = ARTISTS;

    const pairs: readonly [theirs: Promise<object[]>, ours: Promise<Disc[]>, some: number][] = [
      [search().where('artist').eq(artist).return.all(), Disc.findBy({ artist }), 5],
      [search().where('artist').not.eq(artist).return.all(), Disc.findBy({ artist: { $ne: artist } }), 5],
      [
        search()
          .where('artist')
          .eq(ARTISTS[1] ?? '')
          .return.all(),
        Disc.findBy({ artist: ARTISTS[1] ?? '' }),
        4,
      ],
      [search().where('year').between(1982, 1984).return.all(), Disc.findBy({ year: { $gte: 1982, $lte: 1984 } }), 3],
      [search().where('year').not.gt(1982).return.all(), Disc.findBy({ $not: { year: { $gt: 1982 } } }), 4],
      [search().where('live').not.true().return.all(), Disc.findBy({ live: { $ne: true } }), 7],
      [search().where('boughtAt').on(DAY).return.all(), Disc.findBy({ boughtAt: DAY }), 1],
      [search().where('boughtAt').after(DAY).return.all(), Disc.findBy({ boughtAt: { $gt: DAY } }), 4],
      [search().where('genres').contain('r&b').return.all(), Disc.findBy({ genres: 'r&b' }), 3],
    ];

    for (const [theirs, ours, some] of pairs) {
      const ids = (await theirs).map((entity) => String((entity as Record<symbol, unknown>)[EntityId]));
      expect((await ours).map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(ids).toHaveLength(some);
    }
    const page = await search().where('artist').eq(artist).sortBy('year', 'DESC').return.page(1, 2);
    const ours = await Disc.findBy({ artist }, { orderBy: { year: 'desc' }, offset: 1, limit: 2 });
    expect(ours.map(({ year }) => year)).toEqual(page.map((entity): unknown => entity['year']));
    expect(await Disc.countBy({ artist })).toBe(await search().where('artist').eq(artist).return.count());
  });
});
