import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';
import { useModels } from '../../support/use-models';

describeOnEveryBackend('errors of number verbs', (backend) => {
  useModels(backend, User);

  test.each([
    ['increase', (user: User) => user.score.increase()],
    ['decrease', (user: User) => user.score.decrease()],
    ['adjust', (user: User) => user.score.adjust(1)],
    ['adjust', (user: User) => user.score.adjust(1, { max: 9 })],
  ])('%s is named by its error', async (verb, act) => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["score"]', 'text');

    await expect(act(user)).rejects.toMatchObject({ code: 'PATH_MISMATCH', command: verb });
  });
});
