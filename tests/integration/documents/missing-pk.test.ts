import { describeOnEveryBackend } from '../../support/backends';
import { User } from '../../support/user';
import { useModels } from '../../support/use-models';

describeOnEveryBackend('a pk that is no text', (backend) => {
  useModels(backend, User);

  // What JavaScript passes on when a request carried no id.
  test.each([undefined, null, 7])('%p is refused by name', async (pk) => {
    const sent = async (): Promise<unknown> => User.get(pk as never);

    await expect(sent()).rejects.toThrow(new TypeError(`a key or pk is text, found ${String(pk)}`));
  });
});
