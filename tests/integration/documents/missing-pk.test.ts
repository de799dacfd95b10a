import { describeOnEveryBackend } from '../../support/backends';
import { User } from '../../support/user';
import { useModels } from '../../support/use-models';

const verbs: readonly (readonly [string, (pk: never) => Promise<unknown>])[] = [
  ['get', (pk) => User.get(pk)],
  ['find', (pk) => User.find(pk)],
  ['exists', (pk) => User.exists(pk)],
  ['getMany', (pk) => User.getMany(['ada', pk])],
  ['deleteByKey', (pk) => User.deleteByKey(pk)],
  ['deleteMany', (pk) => User.deleteMany(['ada', pk])],
  ['withLockFromKey', (pk) => User.withLockFromKey(pk, 'work', () => undefined)],
];

describeOnEveryBackend('a pk that is no text', (backend) => {
  useModels(backend, User);

  // What JavaScript passes on when a request carried no id.
  describe.each(verbs)('%s', (_, run) => {
    test.each([undefined, null, 7])('%p is refused by name, and nothing is sent', async (pk) => {
      const sent = await backend.commandsSent(async () => {
        await expect((async () => run(pk as never))()).rejects.toThrow(new TypeError(`a key or pk is text, found ${String(pk)}`));
      });

      expect(sent).toEqual([]);
    });
  });
});
