import { containerOf } from '../../../src/field/container';
import { runInFlow } from '../../../src/scope/flow';
import { Places } from '../../../src/scope/places';
import { PipelineScope } from '../../../src/scope/pipeline-scope';
import { User } from '../../support/user';

const COUNT = 200;

describe('pipelines of one document, of which none has been answered', () => {
  test('look once for a change of another one at their place, not with each further one', () => {
    const user = User.build({ username: 'busy', email: 'busy@example.com' });
    const { root } = containerOf(user);
    const looks = jest.spyOn(Places.prototype, 'overlap');
    const scopes = Array.from({ length: COUNT }, () => {
      const scope = new PipelineScope([root]);
      scope.watch();
      runInFlow({ pipeline: scope }, () => user.score.add(1));
      scope.close();
      return scope;
    });

    expect(looks.mock.calls.length).toBeLessThan(2 * COUNT);
    looks.mockRestore();

    // The last one was overlapped by none.
    scopes.at(-1)?.rollBack();
    expect(root.isStale).toBe(false);
    scopes.at(0)?.rollBack();
    expect(root.isStale).toBe(true);
  });
});
