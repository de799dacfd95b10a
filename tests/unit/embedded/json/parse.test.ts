import { parseExactly, parseLeading } from '../../../../src/embedded/json/parse';
import { print, printWithLayout } from '../../../../src/embedded/json/print';
import { JsonFloat, kindOf } from '../../../../src/embedded/json/value';

describe('parseLeading', () => {
  test.each([
    ['null', 'null'],
    [' [1, 2.0 ,"x"] ', '[1,2.0,"x"]'],
    ['{"b":1,"a":2,"b":3}', '{"b":3,"a":2}'],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
    ['"\\u00e9\\ud83d\\ude00\\n\\/"', JSON.stringify(Buffer.from('é😀\n/', 'utf8').toString('latin1'))],
    ['9007199254740993', '9007199254740993'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '1.8446744073709552e19'],
    ['-0', '-0.0'],
    ['1e2', '100.0'],
    ['949.3512913548711', '949.3512913548713'],
    ['1 trailing', '1'],
  ])('reads %s as %s', (text, printed) => {
    expect(print(parseLeading(text))).toBe(printed);
  });

  test.each([
    ['', 'EOF while parsing a value at line 1 column 0'],
    ['[1,]', 'trailing comma at line 1 column 4'],
    ['{"a":1,\n}', 'trailing comma at line 2 column 1'],
    ['{a:1}', 'key must be a string at line 1 column 2'],
    ['[1 2]', 'expected `,` or `]` at line 1 column 4'],
    ['nul', 'EOF while parsing a value at line 1 column 3'],
    ['nulx', 'expected ident at line 1 column 4'],
    ['01', 'invalid number at line 1 column 2'],
    ['1e400', 'number out of range at line 1 column 5'],
    ['"\\ud800"', 'unexpected end of hex escape at line 1 column 8'],
    ['['.repeat(128), 'recursion limit exceeded at line 1 column 128'],
  ])('refuses %s: %s', (text, message) => {
    expect(() => parseLeading(text)).toThrow(message);
  });
});

test('parseExactly refuses what follows the value', () => {
  expect(() => parseExactly('1 2')).toThrow('trailing characters at line 1 column 3');
});

describe('print', () => {
  test.each([
    [1e15, '1000000000000000.0'],
    [1e16, '1e16'],
    [0.00001, '0.00001'],
    [0.000001, '1e-6'],
    [1.5e300, '1.5e300'],
    [-0.25, '-0.25'],
  ])('writes the double %d as %s', (value, text) => {
    expect(print(new JsonFloat(value))).toBe(text);
  });

  test('puts indent, newline and space where the layout says', () => {
    const text = printWithLayout(parseLeading('{"a":[1,{}],"b":[]}'), { indent: '-', newline: '|', space: '_' });

    expect(text).toBe('{|-"a":_[|--1,|--{}|-],|-"b":_[]|}');
  });
});

test('kindOf tells integers from other numbers', () => {
  expect(['1', '1.0', '9223372036854775808', '1e3', 'true', '{}'].map((text) => kindOf(parseLeading(text)))).toEqual([
    'integer',
    'number',
    'integer',
    'number',
    'boolean',
    'object',
  ]);
});
