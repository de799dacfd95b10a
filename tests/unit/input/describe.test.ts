import { describe as inWords } from '../../../src/input/describe';

describe('values in words', () => {
  test.each<[unknown, string]>([
    ['x'.repeat(100), `the text "${'x'.repeat(59)}…`],
    [10n ** 99n, `the bigint 1${'0'.repeat(59)}…`],
    [{}, 'an object'],
    [Object.create(null), 'an object'],
    [new Date(0), 'an instance of Date'],
    [new (class {})(), 'an object'],
    [[1, 2], 'a list of 2'],
    [class User {}, 'the function User'],
    [Symbol('x'), 'a symbol'],
  ])('stay short', (value, words) => {
    expect(inWords(value)).toBe(words);
  });

  test('are made of no more of a text than is shown', () => {
    const stringify = jest.spyOn(JSON, 'stringify');
    try {
      inWords('x'.repeat(1_000_000));
      expect(stringify.mock.calls).toEqual([['x'.repeat(60)]]);
    } finally {
      stringify.mockRestore();
    }
  });
});
