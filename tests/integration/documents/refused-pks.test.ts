import { AtomicRedisModel, connect, Field, Key, Model, type Database } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model({ prefix: 'cc' })
class Outer extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
}

@Model({ prefix: 'cc:sub' })
class Inner extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
}

@Model({ prefix: 'dd' })
class Around extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
}

@Model({ prefix: 'dd:named', connection: 'of nested prefixes' })
class Named extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
}

const refused = {
  code: 'VALIDATION',
  model: 'Outer',
  problems: [
    {
      field: expect.stringMatching(/^(\[1\]\.)?id$/) as string,
      expected: 'a pk that does not begin with "sub:", because keys that begin with "cc:sub:" are those of another model',
      found: '"sub:q"',
    },
  ],
};

const CALLS: [string, () => unknown][] = [
  ['create', () => Outer.create({ id: 'sub:q' })],
  ['insertMany', () => Outer.insertMany([{ id: 'a' }, { id: 'sub:q' }])],
  ['getOrCreate', () => Outer.getOrCreate({ id: 'sub:q' })],
  ['duplicate', async () => Outer.build({ id: 'a' }).duplicate('sub:q')],
  ['get', () => Outer.get('sub:q')],
  ['get by key', () => Outer.get('cc:sub:q')],
  ['find', () => Outer.find('sub:q')],
  ['getMany', () => Outer.getMany(['a', 'sub:q'])],
  ['exists', () => Outer.exists('sub:q')],
  ['deleteByKey', () => Outer.deleteByKey('sub:q')],
  ['deleteMany', () => Outer.deleteMany(['sub:q'])],
  ['lockFromKey', () => Outer.lockFromKey('sub:q')],
  ['withLockFromKey', () => Outer.withLockFromKey('sub:q', 'a', () => 1)],
];

describeOnEveryBackend('a pk that reads like a key of another model', (backend) => {
  useModels(backend, Outer, Inner);

  test.each(CALLS)('is refused before anything is sent: %s', async (_, call) => {
    const sent = await backend.commandsSent(() => expect(call()).rejects.toMatchObject(refused));
    expect(sent).toEqual([]);
  });

  test('is refused by build', () => {
    expect(() => Outer.build({ id: 'sub:q' })).toThrow(errorWith(refused));
  });

  test('may have a colon all the same, and the other model any pk', async () => {
    const documents = [await Outer.create({ id: 'subs:q' }), await Outer.create({ id: 'sub' }), await Inner.create({ id: 'sub:q' })];

    expect(documents.map(({ key }) => key)).toEqual(['cc:subs:q', 'cc:sub', 'cc:sub:sub:q']);
    expect((await Outer.afindKeys()).sort()).toEqual(['cc:sub', 'cc:subs:q']);
    expect(await Inner.afindKeys()).toEqual(['cc:sub:sub:q']);
    expect((await Inner.get('sub:q')).pk).toBe('sub:q');
  });
});

describeOnEveryBackend('a model that is bound by the name of its connection', (backend) => {
  let database: Database;
  beforeAll(async () => {
    database = await connect(await backend.target(), { name: 'of nested prefixes', models: [Around] });
  });
  afterAll(() => database.close());

  test('counts when documents of a shorter prefix are listed, as soon as it is used', async () => {
    const named = await Named.create({ id: 'a' });
    const around = await Around.create({ id: 'a' });

    expect(await Around.afindKeys()).toEqual([around.key]);
    expect(await Named.afindKeys()).toEqual([named.key]);
    expect(() => Around.build({ id: 'named:b' })).toThrow(errorWith({ code: 'VALIDATION' }));
  });
});

@Model({ hashTag: 'club' })
class Tagged extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
}

describeOnEveryBackend('a pk that reads like a lock of another document', (backend) => {
  useModels(backend, Tagged, Outer);

  test.each(['ada/profile:lock', 'ada/profile:lock:waiting', 'ada/fence', 'ada/:lock'])('is refused under a hash tag: %s', async (id) => {
    await Tagged.getOrCreate({ id: 'ada' });
    const refusal = { code: 'VALIDATION', problems: [expect.objectContaining({ found: JSON.stringify(id) })] };

    await expect(Tagged.create({ id })).rejects.toMatchObject(refusal);
    await expect(Tagged.build({ id: 'bob' }).duplicate(id)).rejects.toMatchObject(refusal);
    await expect(Outer.create({ id: `{x}${id}` })).rejects.toMatchObject({ code: 'VALIDATION' });
  });

  test('is fine where keys of locks have a hash tag of their own', async () => {
    const document = await Outer.create({ id: 'ada/profile:lock' });
    const tagged = await Tagged.create({ id: 'ada:lock' });

    await expect(tagged.withLock('profile', () => document.exists())).resolves.toBe(true);
  });
});
