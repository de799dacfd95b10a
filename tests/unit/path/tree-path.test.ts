import fc from 'fast-check';
import { dottedOf, escapeName, pathOf, TreePath, unescapeName } from '../../../src/path/tree-path';

const name = fc.string({ unit: 'binary' });

describe('escapeName', () => {
  test('comes back, whatever the name is', () => {
    fc.assert(fc.property(name, (text) => expect(unescapeName(escapeName(text))).toBe(text)));
  });

  test('leaves nothing that RedisJSON or a separator would take for something else', () => {
    // eslint-disable-next-line no-control-regex
    fc.assert(fc.property(name, (text) => expect(escapeName(text)).not.toMatch(/^ |[\\"\u0000\u0001]/)));
  });

  test('keeps different names different', () => {
    fc.assert(fc.property(name, name, (one, other) => expect(escapeName(one) === escapeName(other)).toBe(one === other)));
  });
});

describe('TreePath', () => {
  test('covers itself and what is below it, and no path with a longer name', () => {
    expect(pathOf('a.b').covers(pathOf('a.b'))).toBe(true);
    expect(pathOf('a.b').covers(pathOf('a.b.c'))).toBe(true);
    expect(pathOf('a.b').covers(pathOf('a.bc'))).toBe(false);
    expect(pathOf('a.b').covers(pathOf('a'))).toBe(false);
    expect(TreePath.root.covers(pathOf('a'))).toBe(true);
  });

  test('covers exactly the paths that begin with its segments', () => {
    const segments = fc.array(fc.string({ unit: 'binary', maxLength: 2 }), { maxLength: 3 });
    fc.assert(
      fc.property(segments, segments, (upper, lower) => {
        const expected = upper.every((segment, index) => segment === lower[index]);
        expect(pathOf(upper).covers(pathOf(lower))).toBe(expected);
      }),
    );
  });

  test('has a dotted form that comes back from the encoded one', () => {
    expect(dottedOf(pathOf(['a', ' b~', 'c']).encoded)).toBe('a. b~.c');
    expect(dottedOf('')).toBe('');
  });
});
