import { doubleText } from '../../../src/embedded/protocol/double-text';

test.each([
  [0, '0'],
  [-0, '-0'],
  [1.5, '1.5'],
  [-0.1, '-0.1'],
  [1e15, '1000000000000000'],
  [2 ** 62, '4611686018427387904'],
  [2 ** 63, '9223372036854776000'],
  [1e21, '1e+21'],
  [1e23, '99999999999999990000000'],
  [1e-7, '1e-7'],
  [5e-324, '5e-324'],
  [Number.MAX_VALUE, '1.7976931348623157e+308'],
  [Infinity, 'inf'],
])('%p is written as %s', (value, text) => {
  expect(doubleText(value)).toBe(text);
});

test('what is written is the number that is meant', () => {
  const values = Array.from({ length: 2_000 }, (_, index) => Math.sin(index + 1) * 10 ** ((index % 600) - 300));

  expect(values.map((value) => Number(doubleText(value)))).toEqual(values);
});
