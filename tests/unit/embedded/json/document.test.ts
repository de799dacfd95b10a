import { appendItems, indexOfItem, insertItems, popItem, trimItems } from '../../../../src/embedded/json/arrays';
import { orderForDeletion } from '../../../../src/embedded/json/deletion';
import { JsonDocument } from '../../../../src/embedded/json/document';
import { memoryOf } from '../../../../src/embedded/json/memory';
import { compute } from '../../../../src/embedded/json/number';
import { parseLeading } from '../../../../src/embedded/json/parse';
import { power } from '../../../../src/embedded/json/power';
import { print } from '../../../../src/embedded/json/print';
import { findTargets, mergeTargets, writeTargets } from '../../../../src/embedded/json/update';
import { JsonFloat, type JsonArray } from '../../../../src/embedded/json/value';

const documentOf = (text: string): JsonDocument => new JsonDocument(parseLeading(text));
const arrayOf = (text: string): JsonArray => parseLeading(text) as JsonArray;

describe('writeTargets', () => {
  test.each([
    ['{"a":1}', '$.a', '{"a":5}'],
    ['{"a":1}', '$.b', '{"a":1,"b":5}'],
    ['{"a":[1,2]}', '$.a[-1]', '{"a":[1,5]}'],
    ['{"a":{"x":1},"b":{"x":2}}', '$..x', '{"a":{"x":5},"b":{"x":5}}'],
    ['{"a":1}', '$.b.c', '{"a":1}'],
  ])('turns %s at %s into %s', (before, path, after) => {
    const document = documentOf(before);

    writeTargets(document, findTargets(document.root, path), 5);

    expect(document.toText()).toBe(after);
  });

  test('refuses to add where the path is not static, or past the end of an array', () => {
    expect(() => findTargets(documentOf('{}').root, '$..x')).toThrow('not static');
    expect(() => findTargets(documentOf('[1]').root, '$[3]')).toThrow('index out of range');
  });
});

test('mergeTargets removes members that are null and keeps the rest', () => {
  const document = documentOf('{"a":{"x":1,"y":2},"b":3}');

  mergeTargets(document, findTargets(document.root, '$.a'), parseLeading('{"x":null,"z":{"n":null}}'));

  expect(document.toText()).toBe('{"a":{"y":2,"z":{}},"b":3}');
});

test('the text of a document is printed anew after every change', () => {
  const document = documentOf('[1]');

  expect(document.toText()).toBe('[1]');
  document.change([0], () => 2);
  expect(document.toText()).toBe('[2]');
});

test('removing a member puts the last one in its place', () => {
  const document = documentOf('{"a":1,"b":2,"c":3}');

  document.change(['a'], () => undefined);

  expect(document.toText()).toBe('{"c":3,"b":2}');
});

describe('arrays', () => {
  test('insertItems takes indexes from both ends and refuses those outside', () => {
    const array = arrayOf('[1,2]');

    expect([insertItems(array, ['x'], -1), insertItems(array, ['y'], 3), insertItems(array, ['z'], 9)]).toEqual([3, 4, undefined]);
    expect(print(array)).toBe('[1,"x",2,"y"]');
  });

  test('popItem clips its index, trimItems keeps both ends, appendItems copies', () => {
    const array = arrayOf('[1,2,3,4,5]');

    expect([popItem(array, 99), popItem(array, -99), popItem(arrayOf('[]'), 0)]).toEqual([5, 1, undefined]);
    expect(trimItems(array, 1, -1)).toBe(2);
    expect(appendItems(array, [array])).toBe(3);
    expect(print(array)).toBe('[3,4,[3,4]]');
  });

  test('indexOfItem tells 1 from 1.0 and takes an end of 0 for the end of the array', () => {
    const array = arrayOf('[1.0,1,{"a":1}]');

    expect(indexOfItem(array, 1, { start: 0, end: 0 })).toBe(1);
    expect(indexOfItem(array, parseLeading('{"a":1}'), { start: 0, end: 0 })).toBe(2);
    expect(indexOfItem(array, 1, { start: 0, end: 1 })).toBe(-1);
  });
});

test('orderForDeletion takes higher indexes first and drops what is inside another place', () => {
  expect(orderForDeletion([['a', 0], ['a', 2], ['b'], ['b', 'x']])).toEqual([['a', 2], ['a', 0], ['b']]);
});

describe('compute', () => {
  test('is exact on integers and wraps at 64 bit', () => {
    expect(compute('add', 9007199254740992n, 1)).toBe(9007199254740993n);
    expect(compute('add', 9223372036854775807n, 1)).toBe(-9223372036854775808n);
    expect(compute('multiply', 3000000000, 3000000000)).toBe(9000000000000000000n);
    expect(compute('power', 2, 10)).toBe(1024);
  });

  test('gives a double when one side is a double, and nothing when the result is not finite', () => {
    expect(compute('add', 1, new JsonFloat(0.5))).toEqual(new JsonFloat(1.5));
    expect(compute('multiply', new JsonFloat(1e300), new JsonFloat(1e300))).toBeUndefined();
  });

  test('raises to a power with the last bit right', () => {
    expect(power(0.30000000000000004, 3)).toBe(0.027000000000000014);
    expect(power(-8, 3)).toBe(-512);
    expect(power(2, -1074)).toBe(5e-324);
  });
});

test('memoryOf follows the growth of arrays and objects', () => {
  expect(memoryOf(parseLeading('[]'))).toBe(8);
  expect(memoryOf(parseLeading('{"a":1}'))).toBe(8 + 8 * 14 + 1 + 8);
});
