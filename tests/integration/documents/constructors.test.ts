import { AtomicRedisModel, Field, Key, list, Model, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Named extends AtomicRedisModel {
  @Key() @Field(String) id!: string;
  @Field(list(String)) tags!: RedisList<string>;

  constructor(id: string) {
    super({ id, tags: ['new'] });
  }
}

@Model()
class Filled extends AtomicRedisModel {
  @Field(String) a!: string;
  readonly made: string;

  constructor(init?: { readonly a?: string }) {
    super({ ...init, a: init?.a ?? 'dflt' });
    this.made = `of ${this.a}`;
  }
}

@Model()
class Defaulted extends AtomicRedisModel {
  @Field(String) a!: string;
  readonly upper: string;

  constructor(a = 'x') {
    super({ a });
    this.upper = a.toUpperCase();
  }
}

@Model()
class Chained extends AtomicRedisModel {
  @Field(String, { default: '' }) a!: string;
  readonly next: Chained | undefined;
  static left = 0;

  constructor(init?: { readonly a?: string }) {
    super(init);
    if (Chained.left > 0) {
      Chained.left -= 1;
      this.next = new Chained({ a: 'next' });
    }
  }
}

describeOnEveryBackend('constructors that pass values on', (backend) => {
  useModels(backend, Named, Filled, Defaulted, Chained);

  test('make documents, and run without arguments for those that are loaded', async () => {
    const named = new Named('n');
    await named.save();

    const [read, built] = [await Named.get('n'), await Named.create({ id: 'built' })];

    expect([named, read, built].map((each) => each.toJSON())).toEqual([
      { id: 'n', tags: ['new'] },
      { id: 'n', tags: ['new'] },
      { id: 'built', tags: [] },
    ]);
    expect(await backend.json(named.key)).toEqual(named.toJSON());
  });

  test('may fill in what was not given', async () => {
    const [none, one] = [new Filled(), new Filled({ a: 'one' })];
    await one.save();

    expect([none.a, none.made, one.a, one.made, (await Filled.get(one.key)).a]).toEqual(['dflt', 'of dflt', 'one', 'of one', 'one']);
    expect(() => Filled.build()).toThrow(errorWith({ code: 'VALIDATION' }));
  });

  test('see the defaults of their parameters when they run without arguments', async () => {
    const { key } = await Defaulted.create({ a: 'given' });

    const read = await Defaulted.get(key);

    expect([read.a, read.upper, new Defaulted('y').upper]).toEqual(['given', 'X', 'Y']);
  });

  test('may make others of their class', () => {
    // With the first instance, redatom runs the constructor once more to see what it does.
    new Chained();
    Chained.left = 1;
    const chained = new Chained({ a: 'first' });

    expect([chained.a, chained.next?.a, chained.next?.next]).toEqual(['first', 'next', undefined]);
    Chained.left = 1;
    expect(Chained.build({ a: 'built' }).next?.a).toBe('next');
  });
});
