import { RedisTree, TreePathError, ValidationError } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';

/** Names that a path language, a pattern or a separator could take for something else. */
const STRANGE_NAMES = [
  ...['with.dot', ' leading', 'trailing ', '  two', '*', 'g*', 'h?', '[0]', '$', '@', '..', "a'b", 'a"b', `both'"`, 'back\\slash', '\\'],
  ...['a"]["b', '~', '~0', '~~3', 'line\nfeed', 'tab\t', '\u0000', '\u0001', '\u0002x', '\u00a0blank', 'é', '日本', '😀', '', '__proto__'],
  ...['constructor', '{tag}', 'a/b', '0', '-1', 'null', '"', "'", 'ÿ', '\u007f'],
];

describeOnEveryBackend('paths of a tree', (backend) => {
  let tree: RedisTree;
  beforeAll(async () => {
    tree = new RedisTree({ client: await backend.readyClient(), namespace: 'paths' });
  });
  beforeEach(() => backend.flush());
  afterAll(() => tree.close());

  test('takes any name as a segment and as a member of a value', async () => {
    for (const name of STRANGE_NAMES) {
      const node = tree.at(['names', name]);
      await node.set(['inner', name], { [name]: [name] });
      expect({ name, value: await node.val() }).toEqual({ name, value: { inner: { [name]: { [name]: [name] } } } });
      expect(await tree.at(['names', name, 'inner', name, name]).val()).toEqual([name]);
      expect(await node.exists()).toBe(true);
    }
    expect((await tree.at('names').keys()).sort()).toEqual([...STRANGE_NAMES].sort());
    expect(Object.keys((await tree.at('names').val()) as object)).toHaveLength(STRANGE_NAMES.length);
  });

  test('keeps names apart that differ in a blank or an escape', async () => {
    await tree.root().set(['~3a'], 1);
    await tree.root().set([' a'], 2);
    await tree.root().set(['a'], 3);
    expect(await tree.root().val()).toEqual({ '~3a': 1, ' a': 2, a: 3 });
  });

  test('deletes no neighbour whose name looks like a match', async () => {
    await tree.root().assign({ 'g*': 1, gx: 2, gy: 3 });
    await tree.root().delete('g*');
    expect(await tree.root().val()).toEqual({ gx: 2, gy: 3 });
  });

  test.each(['', '.', 'a.', '.a', 'a..b'])('refuses %j below a node', (path) => {
    expect(() => tree.root().get(path)).toThrow(TreePathError);
  });

  test('refuses no segments below a node, which would be the node itself, and takes them for the root', async () => {
    await tree.at('kept').set('a', 1);
    const empty = { below: () => tree.at('kept').get([]), set: () => tree.at('kept').set(new Set<string>(), 2) };
    expect(empty.below).toThrow(TreePathError);
    await expect(empty.set()).rejects.toThrow(TreePathError);
    await expect(tree.at('kept').delete([])).rejects.toThrow(/has one segment at least below a node, found an empty list/);
    expect(await tree.at('kept').val()).toEqual({ a: 1 });
    expect([tree.at([]).key(), tree.at(new Set()).key()]).toEqual(['', '']);
  });

  test('refuses dots in the name of a section', () => {
    expect(tree.section('a').key()).toBe('a');
    expect(() => tree.section('a.b')).toThrow(TreePathError);
    expect(() => tree.section('')).toThrow(TreePathError);
  });

  test('refuses broken Unicode, and more segments than a document can be deep', () => {
    expect(() => tree.at(['\ud800'])).toThrow(TreePathError);
    expect(() => tree.at(Array<string>(65).fill('a'))).toThrow(TreePathError);
  });

  test.each([null, undefined, 5, {}, [1], ['a', null]])('refuses %j as a path', (path) => {
    expect(() => tree.at(path as never)).toThrow(TreePathError);
    expect(() => tree.root().get(path as never)).toThrow(TreePathError);
    expect(() => tree.section(path as never)).toThrow(TreePathError);
  });

  test.each(['', '}a', '\ud800', 5, null])('refuses %j as a namespace', (namespace) => {
    expect(() => new RedisTree({ client: backend.url, namespace: namespace as never })).toThrow(TreePathError);
  });

  test('takes names of a megabyte', async () => {
    const node = tree.at(['long', 'x'.repeat(1_000_000)]);
    await node.withLock((held) => held.set('y', 1));
    expect(await node.val()).toEqual({ y: 1 });
  });

  test('stores at the greatest depth', async () => {
    const deepest = tree.at(Array<string>(64).fill('a'));
    await deepest.assign(1);
    expect(await deepest.add(1)).toBe(2);
  });

  test.each([1, 64])('stores values of all levels that a path of %i segments leaves of 120', async (segments) => {
    const node = tree.at(Array<string>(segments).fill('a'));
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
    const left = 120 - segments;

    await node.assign(nested(left));
    expect(await node.val()).toEqual(nested(left));
    await expect(node.assign(nested(left + 1))).rejects.toThrow(ValidationError);
  });

  test('names the key as dotted text and the path as segments', () => {
    expect(tree.at('a.b').get('c').key()).toBe('a.b.c');
    expect(tree.at(['a.b', 'c']).path).toEqual(['a.b', 'c']);
    expect(tree.root().key()).toBe('');
    expect(tree.at('').path).toEqual([]);
  });
});
