import fc from 'fast-check';
import { containerOf } from '../../../src/field/container';
import { DictState } from '../../../src/field/dict-state';
import { PipelineScope } from '../../../src/scope/pipeline-scope';
import { runInFlow } from '../../../src/scope/flow';
import { User } from '../../support/user';

function userWith(settings: Record<string, string>): User {
  return User.build({ username: 'ada', email: 'ada@example.com', settings });
}

const anyName = fc.constantFrom('a', 'b', 'c', '__proto__', 'size');

/** A change of the members of a dict. */
const anyChange: fc.Arbitrary<(user: User) => void> = fc.oneof(
  anyName.map(
    (name) =>
      ({ settings }: User) =>
        void settings.set(name, 'x'),
  ),
  anyName.map(
    (name) =>
      ({ settings }: User) =>
        void settings.delete(name),
  ),
  anyName.map(
    (name) =>
      ({ settings }: User) =>
        settings.update({ [name]: 'y', z: 'z' }),
  ),
  anyName.map(
    (name) =>
      ({ settings }: User) =>
        settings.assign({ [name]: 'z' }),
  ),
  fc.constant(({ settings }: User) => settings.clear()),
);

describe('size of a dict', () => {
  test('is the number of names, whatever is changed and undone', () => {
    fc.assert(
      fc.property(fc.array(anyChange), fc.array(anyChange), (kept, undone) => {
        const user = userWith({ a: '1', b: '2' });
        const { settings } = user;
        const expectSize = (): void => expect(settings.size).toBe([...settings.keys()].length);
        expectSize();
        for (const change of kept) {
          change(user);
          expectSize();
        }

        const scope = new PipelineScope([containerOf(user).root]);
        runInFlow({ pipeline: scope }, () => {
          for (const change of undone) {
            change(user);
            expectSize();
          }
        });
        scope.close();
        scope.rollBack();

        expectSize();
      }),
    );
  });

  test('is counted once, however often members are added and it is asked for', () => {
    const { settings } = userWith({});
    const counts = jest.spyOn(DictState.prototype, 'names');

    for (let at = 0; at < 100; at += 1) {
      expect(settings.size).toBe(at);
      settings.set(`name${at}`, 'a');
    }
    for (let at = 100; at > 0; at -= 1) {
      expect(settings.size).toBe(at);
      settings.delete(`name${at - 1}`);
    }

    expect(counts).toHaveBeenCalledTimes(1);
    counts.mockRestore();
  });
});
