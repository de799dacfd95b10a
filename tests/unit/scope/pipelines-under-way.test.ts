import { containerOf } from '../../../src/field/container';
import type { DocumentRoot } from '../../../src/scope/document-root';
import { runInFlow } from '../../../src/scope/flow';
import { PipelineScope } from '../../../src/scope/pipeline-scope';
import { User } from '../../support/user';

const COUNT = 200;

function busyUser(): { user: User; root: DocumentRoot } {
  const user = User.build({ username: 'busy', email: 'busy@example.com' });
  return { user, root: containerOf(user).root };
}

/** A pipeline whose commit is under way. */
function underWay(root: DocumentRoot, change: () => void): PipelineScope {
  const scope = new PipelineScope([root]);
  scope.watch();
  runInFlow({ pipeline: scope }, change);
  scope.close();
  return scope;
}

describe('pipelines of one document, of which none has been answered', () => {
  let told: jest.SpyInstance;

  beforeEach(() => {
    told = jest.spyOn(PipelineScope.prototype, 'noteOverlap');
  });

  afterEach(() => {
    told.mockRestore();
  });

  test('are told once that another one has changed their place, not of each further change', () => {
    const { user, root } = busyUser();

    const scopes = Array.from({ length: COUNT }, () => underWay(root, () => user.score.add(1)));

    expect(told.mock.calls.length).toBeLessThan(3 * COUNT);

    // No other pipeline overlapped the last one.
    scopes.at(-1)?.rollBack();
    expect(root.isStale).toBe(false);
    scopes.at(0)?.rollBack();
    expect(root.isStale).toBe(true);
  });

  test('are told nothing of changes elsewhere', () => {
    const { user, root } = busyUser();

    const scopes = Array.from({ length: COUNT }, (_, at) => underWay(root, () => user.settings.set(`name${at}`, 'a')));

    // Each is told of its own change.
    expect(told.mock.calls.length).toBeLessThan(2 * COUNT);

    underWay(root, () => user.score.add(1));
    for (const scope of scopes.slice(1)) scope.rollBack();
    expect(root.isStale).toBe(false);
    expect([...user.settings.keys()]).toEqual(['name0']);
    underWay(root, () => user.settings.clear());
    scopes[0]?.rollBack();
    expect(root.isStale).toBe(true);
  });

  test('are forgotten when they have ended', () => {
    const { user, root } = busyUser();

    for (let at = 0; at < COUNT; at += 1) underWay(root, () => user.settings.set(`name${at}`, 'a')).unwatch();
    told.mockClear();
    expect(root.mayBeUndone).toBe(false);
    user.settings.clear();

    expect(told).not.toHaveBeenCalled();
  });
});
