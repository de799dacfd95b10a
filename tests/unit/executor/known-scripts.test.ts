import { KnownScripts } from '../../../src/executor/known-scripts';

describe('scripts that a server is known to have', () => {
  test('are those of the current connection, since another server may stand behind the next one', () => {
    const scripts = new KnownScripts();
    scripts.add('a', 1);
    scripts.add('b', 1);
    expect(scripts.has('b', 1)).toBe(true);

    scripts.add('a', 2);

    expect(['a', 'b'].map((digest) => scripts.has(digest, 2))).toEqual([true, false]);
    expect(scripts.has('a', 1)).toBe(false);
  });
});
