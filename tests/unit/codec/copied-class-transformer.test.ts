import type * as ClassTransformer from 'class-transformer';
import type * as Redatom from 'redatom';

/** A bundler may give redatom another copy of a module of class-transformer than the decorators of a class write to. */
describe.each([
  ['is another one', () => ({ defaultMetadataStorage: { getExcludedMetadatas: () => [] } })],
  [
    'is not to be had',
    () => {
      throw new Error('no such module');
    },
  ],
])('where what class-transformer has noted %s', (_how, storage) => {
  let [redatom, transformer]: [typeof Redatom, typeof ClassTransformer] = [undefined, undefined] as never;

  beforeAll(() => {
    jest.resetModules();
    // class-transformer loads its own copy of the storage before redatom asks for one.
    transformer = jest.requireActual<typeof ClassTransformer>('class-transformer');
    jest.doMock('class-transformer/cjs/storage', storage);
    redatom = jest.requireActual<typeof Redatom>('redatom');
  });
  afterAll(() => jest.dontMock('class-transformer/cjs/storage'));

  test('its rules are honoured all the same', () => {
    const { AtomicRedisModel, dict, Field, Model } = redatom;
    @Model()
    class Card extends AtomicRedisModel {
      @Field(String) name!: string;
      @transformer.Exclude() @Field(String) pin!: string;
    }
    @Model()
    class Wallet extends AtomicRedisModel {
      @Field(dict(() => Card)) by!: Redatom.RedisDict<Card>;
      @Field(Date, { format: 'epochMs' }) at!: Date;
    }
    const wallet = Wallet.build({ by: { a: { name: 'n', pin: 'p' } }, at: new Date(5) });

    expect(wallet.toJSON()).toEqual({ by: { a: { name: 'n' } }, at: 5 });
    expect(wallet.toObject()).toEqual({ by: { a: { name: 'n', pin: 'p' } }, at: new Date(5) });
  });
});
