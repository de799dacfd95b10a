import { AtomicRedisModel, connect, Field, Model, SchemaError } from 'redatom';

@Model()
class Note extends AtomicRedisModel {
  @Field(String, { default: '' }) text!: string;
}

describe('a verb of a class without its class', () => {
  const refused = new TypeError('a verb of a model was called without its model; pass (pk) => User.get(pk), not User.get');

  test.each(['get', 'find', 'exists', 'deleteByKey', 'create'] as const)('%s says what to hand on', async (verb) => {
    const verbs = Note as unknown as Record<string, (given: string) => Promise<unknown>>;

    await expect(Promise.resolve('ada').then(verbs[verb])).rejects.toThrow(refused);
  });

  test.each(['at', 'build', 'keyOf'] as const)('so does %s', (verb) => {
    const verbs = Note as unknown as Record<string, (given: string) => unknown>;

    expect(() => ['ada'].map(verbs[verb] as never)).toThrow(refused);
  });
});

describe('the base class itself', () => {
  const refused = new SchemaError('AtomicRedisModel', ['it is the base class; name a class of your own that extends it']);

  test('is no model of a connection', async () => {
    await expect(connect('redis://127.0.0.1:1', { models: [AtomicRedisModel as never] })).rejects.toThrow(refused);
  });

  test('is no type of a field', async () => {
    @Model()
    class Holder extends AtomicRedisModel {
      @Field(() => AtomicRedisModel as never) held!: AtomicRedisModel;
    }

    await expect(connect('redis://127.0.0.1:1', { models: [Holder] })).rejects.toThrow(refused);
  });
});

describe('a class of another copy of the package', () => {
  const other = () => {
    let copy: typeof import('redatom') | undefined;
    jest.isolateModules(() => (copy = jest.requireActual<typeof import('redatom')>('redatom')));
    return copy as typeof import('redatom');
  };
  const reason = 'its base class is from another copy of redatom; let all modules import one (npm ls redatom)';

  test('is refused with the cause, not with a consequence of it', async () => {
    @Model()
    class Titled extends AtomicRedisModel {
      @Field(String) title!: string;
    }

    const refused = `Titled is declared wrongly:\n  - ${reason}`;
    await expect(other().connect('redis://127.0.0.1:1', { models: [Titled as never] })).rejects.toThrow(refused);
  });

  test('is refused inside of others', async () => {
    const copy = other();
    @Model()
    class Holder extends AtomicRedisModel {
      @Field(() => Inner as never) held!: unknown;
    }
    @copy.Model()
    class Inner extends copy.AtomicRedisModel {}

    await expect(connect('redis://127.0.0.1:1', { models: [Holder] })).rejects.toThrow(new SchemaError('Inner', [reason]));
  });
});
