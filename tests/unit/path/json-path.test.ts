import fc from 'fast-check';
import { dotted, JsonPath } from '../../../src/path/json-path';

const { root } = JsonPath;

describe('JsonPath', () => {
  test.each([
    ['plain', '$["plain"]'],
    ['', '$[""]'],
    ['with.dot', '$["with.dot"]'],
    ['*', '$["*"]'],
    ['..', '$[".."]'],
    ['a"b', `$['a"b']`],
    ["it's", `$["it's"]`],
    ['a"]["b', `$['a"]["b']`],
    ['😀', '$["😀"]'],
    ['a\nb\u0000c', '$["a\nb\u0000c"]'],
    ['__proto__', '$["__proto__"]'],
    ['$', '$["$"]'],
    ['in ner', '$["in ner"]'],
    ['last ', '$["last "]'],
    ['\t first\n', '$["\t first\n"]'],
    ['\u00a0nbsp', '$["\u00a0nbsp"]'],
  ])('renders the name %j in brackets, as it is', (name, text) => {
    const path = root.member(name);
    expect(path.text).toBe(text);
    expect(path.addressable).toBe(true);
    expect(path.text).toBe(text);
  });

  test.each([
    ['plain', '$.plain'],
    ['_a1', '$._a1'],
    ['true', '$.true'],
    ['__proto__', '$.__proto__'],
    ['', '$[""]'],
    ['1a', '$["1a"]'],
    ['a-b', '$["a-b"]'],
    ['with.dot', '$["with.dot"]'],
    ['é', '$["é"]'],
    ['plain\n', '$["plain\n"]'],
    ['a\nb', '$["a\nb"]'],
  ])('sends the name %j after a dot only when it is made of letters, digits and _', (name, sent) => {
    const path = root.member(name);
    expect(path.sent).toBe(sent);
    expect(path.element(2).member('of').sent).toBe(`${path.sent}[2].of`);
  });

  test.each(['back\\slash', `both " and '`, ' first', ' \tfirst', ' '])(
    'says that no quoting carries the name %j, nor what lies below',
    (name) => {
      expect(root.member(name).addressable).toBe(false);
      expect(root.member(name).element(0).member('a').addressable).toBe(false);
      expect(root.member('a').addressable).toBe(true);
    },
  );

  test('names of any text are either quoted raw or not addressable, and never end their bracket early', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const path = root.member(name);
        if (!path.addressable) return;
        const quote = path.text[2] as string;
        expect(path.text).toBe(`$[${quote}${name}${quote}]`);
        expect(name.includes(quote)).toBe(false);
      }),
    );
  });

  test('renders positions, and knows its steps', () => {
    const path = root.member('items').element(2).member('name');
    expect(path.text).toBe('$["items"][2]["name"]');
    expect(path.segments()).toEqual(['items', 2, 'name']);
    expect(path.parent?.text).toBe('$["items"][2]');
    expect(path.segment).toBe('name');
    expect(root.parent).toBeUndefined();
    expect(root.segments()).toEqual([]);
  });

  test.each([
    [[], ''],
    [['a'], 'a'],
    [['items', 2, 'name'], 'items[2].name'],
    [['grid', 0, 1], 'grid[0][1]'],
  ])('is shown to people as %j -> %j', (segments, text) => {
    expect(dotted(segments)).toBe(text);
  });
});
