import type * as LockFlow from '../../../src/tree/lock-flow';

/** The module as another process has it. */
function elsewhere(): typeof LockFlow {
  return jest.requireActual('../../../src/tree/lock-flow');
}

test('scopes of two processes never let one another in', () => {
  const scopes = [1, 2].map(() => {
    let scope = '';
    jest.isolateModules(() => {
      scope = elsewhere().newScope(undefined);
    });
    return scope;
  });

  expect(elsewhere().isInside(scopes[0] as string, scopes[1] as string)).toBe(false);
});
