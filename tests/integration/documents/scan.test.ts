import { randomUUID } from 'node:crypto';
import { AtomicRedisModel, Field, Key, Model, type CorruptDocumentError } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

abstract class Item extends AtomicRedisModel {
  @Field(Number) n!: number;
}

@Model({ prefix: 'shop' })
class Shop extends Item {
  @Key() @Field(String, { default: randomUUID }) id!: string;
}

@Model({ prefix: 'shop:sub' })
class Sub extends Item {}

@Model({ prefix: 'g[int]*?^-\\' })
class Glob extends Item {}

@Model()
class Many extends Item {}

describeOnEveryBackend('scan and afindKeys', (backend) => {
  useModels(backend, Shop, Sub, Glob, Many);
  beforeEach(() => backend.flush());

  async function collect(model: typeof Many, options = {}): Promise<number[]> {
    const out: number[] = [];
    for await (const document of model.scan(options)) out.push(document.n);
    return out.sort((a, b) => a - b);
  }

  test('find all documents of the class, each once', async () => {
    await Many.insertMany(Array.from({ length: 1500 }, (_, n) => ({ n })));

    const keys = await Many.afindKeys();

    expect(new Set(keys).size).toBe(1500);
    expect(keys).toHaveLength(1500);
    expect(await collect(Many)).toEqual(Array.from({ length: 1500 }, (_, n) => n));
  });

  test('never send KEYS', async () => {
    await Many.create({ n: 1 });

    const sent = await backend.commandsSent(async () => {
      await Many.afindKeys();
      await collect(Many);
    });

    expect(new Set(sent)).toEqual(new Set(['SCAN', 'JSON.MGET']));
  });

  test('a prefix with glob characters finds its own documents only', async () => {
    await Glob.create({ n: 1 });
    await backend.send('JSON.SET', 'gi:1', '$', '{"n":2}');
    await backend.send('JSON.SET', 'g[int]XY^-\\:1', '$', '{"n":3}');

    expect(await collect(Glob)).toEqual([1]);
    expect(await Glob.afindKeys()).toHaveLength(1);
  });

  test('may be limited to pks that begin with a text, which is no pattern', async () => {
    const names = ['acme:1', 'acme:2', 'acm', 'acme', 'a*me:3', 'umbrella:1', 'é:1'];
    await Shop.insertMany(names.map((id, n) => ({ id, n })));
    await Sub.create({ n: 99 });

    const found = async (pkPrefix: string): Promise<string[]> => (await Shop.afindKeys({ pkPrefix })).map((key) => key.slice(5)).sort();

    expect(await found('acme:')).toEqual(['acme:1', 'acme:2']);
    expect(await found('a*')).toEqual(['a*me:3']);
    expect(await found('é')).toEqual(['é:1']);
    expect(await found('none')).toEqual([]);
    expect(await found('')).toEqual([...names].sort());
    expect(await collect(Shop, { pkPrefix: 'acme:' })).toEqual([0, 1]);
    await expect(Shop.afindKeys({ pkPrefix: 5 as never })).rejects.toThrow(
      'pkPrefix must be the text with which pks begin (well-formed Unicode), found the number 5',
    );
    await expect(Shop.scan({ pkPrefix: null as never }).next()).rejects.toThrow(TypeError);
    await expect(Shop.afindKeys({ prefix: 'acme:' } as never)).rejects.toThrow('prefix');
  });

  test('documents of a class whose prefix begins with this one are not among them', async () => {
    const shop = await Shop.create({ n: 1 });
    const sub = await Sub.create({ n: 2 });

    expect(await Sub.afindKeys()).toEqual([sub.key]);
    expect(await Shop.afindKeys()).toEqual([shop.key]);
  });

  test('keys of other Redis types and locks are not among them', async () => {
    const document = await Many.create({ n: 1 });
    await backend.send('SET', 'Many:text', '1');

    await document.withLock('work', async () => {
      expect(await Many.afindKeys()).toEqual([document.key]);
      expect(await collect(Many)).toEqual([1]);
    });
  });

  test('a document that cannot be read ends the scan, unless there is someone to tell', async () => {
    await Many.create({ n: 1 });
    const bad = await Many.create({ n: 2 });
    await backend.overwrite(bad.key, '$["n"]', 'two');
    const told: CorruptDocumentError[] = [];

    await expect(collect(Many)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', key: bad.key });
    expect(await collect(Many, { onCorrupt: (error: CorruptDocumentError) => told.push(error) })).toEqual([1]);
    expect(told).toMatchObject([{ key: bad.key, path: '$["n"]' }]);
  });

  test('wait for what is done about a corrupt one, and end with its error', async () => {
    const bad = await Many.create({ n: 2 });
    await backend.overwrite(bad.key, '$["n"]', 'two');
    const steps: string[] = [];
    const repair = async (): Promise<void> => {
      await backend.overwrite(bad.key, '$["n"]', 2);
      steps.push('repaired');
    };

    await collect(Many, { onCorrupt: repair });
    steps.push('ended');

    expect(steps).toEqual(['repaired', 'ended']);
    await backend.overwrite(bad.key, '$["n"]', 'two');
    await expect(collect(Many, { onCorrupt: () => Promise.reject(new Error('mine')) })).rejects.toThrow('mine');
  });

  test('of a class without documents are empty', async () => {
    expect(await Many.afindKeys()).toEqual([]);
    expect(await collect(Many)).toEqual([]);
  });
});
