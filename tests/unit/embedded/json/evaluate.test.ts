import { findLocated, findValues } from '../../../../src/embedded/json/evaluate';
import { parseLeading } from '../../../../src/embedded/json/parse';
import { print } from '../../../../src/embedded/json/print';

const shop = parseLeading('{"books":[{"t":"A","p":8},{"t":"B","p":12.5,"x":true},{"t":"C","p":30}],"max":12.5,"o":{"p":1,"q":{"p":2}}}');
const select = (path: string): string[] => findValues(shop, path).map(print);

describe('findValues', () => {
  test.each([
    ['$.books[0].t', ['"A"']],
    ['$.books[-1].t', ['"C"']],
    ['$["books"][0,2]["t"]', ['"A"', '"C"']],
    ['$.books[1:].t', ['"B"', '"C"']],
    ['$.books[::2].t', ['"A"', '"C"']],
    ['$.o.*', ['1', '{"p":2}']],
    ['$.o..p', ['1', '2']],
    ['$.books[?(@.p<10)].t', ['"A"']],
    ['$.books[?(@.p>=$.max)].t', ['"B"', '"C"']],
    ['$.books[?(@.x)].t', ['"B"']],
    ['$.books[?(@.t=="A"||@.p>20&&@.t=="C")].t', ['"A"', '"C"']],
    ['$.books[?(@.t=~"^[AB]$")].t', ['"A"', '"B"']],
    ['$.missing', []],
    ['$.books.t', []],
  ])('%s selects %j', (path, expected) => {
    expect(select(path)).toEqual(expected);
  });

  test.each([
    ['$.', 'Error occurred on position 2, "$. <<<<----", expected one of the following: <string>, \'*\'.'],
    [
      '$.a[?(@.x',
      'Error occurred on position 9, "$.a[?(@.x <<<<----", expected one of the following: ge, gt, le, lt, eq, ne, re, and, or, \'..\'.',
    ],
    ['$.a b', 'Error occurred on position 4, "$.a  ---->>>> b", expected one of the following: EOI, \'..\'.'],
  ])('refuses %s', (path, message) => {
    expect(() => findValues(shop, path)).toThrow(message);
  });
});

test('findLocated gives the way to each value, and for filtered members of an object their position', () => {
  expect(findLocated(shop, '$.books[?(@.p>10)].t').map(({ place }) => place)).toEqual([
    ['books', 1, 't'],
    ['books', 2, 't'],
  ]);
  expect(findLocated(shop, '$.o[?(@==1)]').map(({ place }) => place)).toEqual([['o', 0]]);
});
