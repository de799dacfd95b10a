import { AtomicRedisModel, Field, Model } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';
import { errorWith } from '../../support/error-with';
import { useDatabase, useModels } from '../../support/use-models';

const verbs: readonly (readonly [string, (pk: never) => Promise<unknown>])[] = [
  ['get', (pk) => User.get(pk)],
  ['find', (pk) => User.find(pk)],
  ['exists', (pk) => User.exists(pk)],
  ['getMany', (pk) => User.getMany(['ada', pk])],
  ['deleteByKey', (pk) => User.deleteByKey(pk)],
  ['deleteMany', (pk) => User.deleteMany(['ada', pk])],
  ['at', async (pk) => User.at(pk)],
  ['keyOf', async (pk) => User.keyOf(pk)],
  ['lockFromKey', (pk) => User.lockFromKey(pk)],
  ['withLockFromKey', (pk) => User.withLockFromKey(pk, 'work', () => undefined)],
];

/** Such a pk often comes from a request, so it is refused like any other invalid value. */
function refused(expected: string, pk: string) {
  return { code: 'VALIDATION', model: 'User', problems: [{ field: 'username', expected, found: JSON.stringify(pk) }] };
}

@Model()
class Note extends AtomicRedisModel {
  @Field(String, { default: '' }) text!: string;
}

describeOnEveryBackend('a pk that is no text', (backend) => {
  useModels(backend, User);

  // What JavaScript may pass on when a request has no id, or one of another type.
  describe.each(verbs)('%s', (_, run) => {
    test.each([
      [undefined, 'nothing'],
      [null, 'null'],
      [7, 'the number 7'],
      [['ada'], 'a list of 1'],
    ])('%j is refused by name, and nothing is sent', async (pk, found) => {
      const sent = await backend.commandsSent(async () => {
        await expect((async () => run(pk as never))()).rejects.toThrow(new TypeError(`a key or pk must be text, found ${found}`));
      });

      expect(sent).toEqual([]);
    });
  });

  test('given as conditions is refused, and the methods that take conditions are named', async () => {
    await expect((async () => User.find({ username: 'ada' } as never))()).rejects.toThrow(
      new TypeError('a key or pk must be text, found an object; findBy() and findOneBy() take conditions'),
    );
  });
});

describeOnEveryBackend('a pk that UTF-8 cannot carry', (backend) => {
  const database = useDatabase(() => backend.target(), [User]);

  // On the way to the server it would become another pk, which is well-formed.
  test.each(verbs)('%s refuses it, and nothing is sent', async (_, run) => {
    const sent = await backend.commandsSent(async () => {
      for (const pk of ['\ud800', 'User:\ud800']) {
        await expect((async () => run(pk as never))()).rejects.toMatchObject(refused('a pk of text (well-formed Unicode)', pk));
      }
    });

    expect(sent).toEqual([]);
  });

  test('is no key of a connection, and no beginning of pks', async () => {
    const sent = await backend.commandsSent(async () => {
      await expect(database().get('User:\ud800')).rejects.toMatchObject({ code: 'VALIDATION', model: 'User' });
      await expect(User.afindKeys({ pkPrefix: '\ud800' })).rejects.toThrow(TypeError);
      await expect(User.scan({ pkPrefix: '\ud800' }).next()).rejects.toThrow(TypeError);
    });

    expect(sent).toEqual([]);
  });
});

describeOnEveryBackend('an empty pk', (backend) => {
  const database = useDatabase(() => backend.target(), [User, Note]);

  test('is refused for a new document', async () => {
    const error = refused('a pk that is not empty', '');
    const user = await createUser();

    const sent = await backend.commandsSent(async () => {
      expect(() => User.build({ username: '' })).toThrow(errorWith(error));
      await expect(User.create({ username: '' })).rejects.toMatchObject(error);
      await expect(User.getOrCreate({ username: '' })).rejects.toMatchObject(error);
      await expect(User.insertMany([{ username: 'a' }, { username: '' }])).rejects.toMatchObject({
        ...error,
        problems: [{ ...error.problems[0], field: '[1].username' }],
      });
      await expect(user.duplicate('')).rejects.toMatchObject(error);
      await expect(Note.build().duplicate('')).rejects.toMatchObject({ code: 'VALIDATION', model: 'Note' });
    });

    expect(sent).toEqual([]);
  });

  describe.each(verbs)('%s', (verb, run) => {
    test.each(verb === 'keyOf' ? [''] : ['', 'User:'])('refuses %j, and nothing is sent', async (pk) => {
      const sent = await backend.commandsSent(async () => {
        await expect((async () => run(pk as never))()).rejects.toMatchObject(refused('a pk that is not empty', pk));
      });

      expect(sent).toEqual([]);
    });
  });

  test('is refused by the connection', async () => {
    await expect(database().get('User:')).rejects.toMatchObject(refused('a pk that is not empty', 'User:'));
  });

  test('a key of another program that has none is passed over by a scan', async () => {
    const note = await Note.create();
    await backend.send('JSON.SET', 'Note:', '$', '{}');
    const seen: string[] = [];

    for await (const { key } of Note.scan()) seen.push(key);

    expect([seen, await Note.afindKeys()]).toEqual([[note.key], [note.key]]);
  });
});
