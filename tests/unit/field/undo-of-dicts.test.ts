import { instanceFor } from '../../../src/field/model-instance';
import { newState } from '../../../src/model/hydrate';
import { schemaOf } from '../../../src/schema/compile';
import { runInFlow } from '../../../src/scope/flow';
import { PipelineScope } from '../../../src/scope/pipeline-scope';
import { User } from '../../support/user';

const SIZE = 1000;

/** A dict that counts how often its members are looked at. */
function countedDict(): { settings: Record<string, string>; looks: () => number } {
  let looks = 0;
  const members = Object.fromEntries(Array.from({ length: SIZE }, (_, at) => [`name ${at}`, 'old']));
  const settings = new Proxy(members, {
    get(target, name): unknown {
      looks += 1;
      return Reflect.get(target, name);
    },
  });
  return { settings, looks: () => looks };
}

describe('undo of a pipeline that sets members of a large dict', () => {
  test('looks at what is set, not at all members', () => {
    const { settings, looks } = countedDict();
    const state = newState({ schema: schemaOf(User), key: 'User:large' }, { username: 'large', settings });
    const user = instanceFor(state) as unknown as User;
    const scope = new PipelineScope([state.root]);

    runInFlow({ pipeline: scope }, () => {
      user.settings.set('name 0', 'new');
      user.settings.update({ 'name 1': 'new', 'name 2000': 'new' });
    });
    expect(user.settings.get('name 1')).toBe('new');
    scope.close();
    scope.rollBack();

    expect([user.settings.get('name 0'), user.settings.get('name 1'), user.settings.has('name 2000')]).toEqual(['old', 'old', false]);
    expect(looks()).toBeLessThan(20);
  });
});
