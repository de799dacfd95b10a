import fc from 'fast-check';
import { colocatedKey, keyOf, pkOf, scanPattern, toKey } from '../../../src/path/redis-key';
import { hashTagOf, slotOf } from '../../../src/path/slot';

describe('keys of documents', () => {
  test('are made of prefix and pk, and taken apart again', () => {
    expect(keyOf('User', 'ada')).toBe('User:ada');
    expect(pkOf('User', 'User:a:b')).toBe('a:b');
  });

  test('are told apart from pks by the prefix with its colon', () => {
    expect(toKey('User', 'User:ada')).toBe('User:ada');
    expect(toKey('User', 'Userland')).toBe('User:Userland');
    expect(toKey('User', 'a:b')).toBe('User:a:b');
    expect(toKey('User', 'user:ada')).toBe('User:user:ada');
  });

  test('are found by a pattern in which no character of the prefix is special', () => {
    expect(scanPattern('User', '')).toBe('User:*');
    expect(scanPattern('a*b?c[d]^e-f\\g', '')).toBe('a\\*b\\?c\\[d\\]\\^e\\-f\\\\g:*');
    expect(scanPattern('User', 'a*:')).toBe('User:a\\*:*');
  });
});

describe('slotOf', () => {
  // From the Redis Cluster specification and CLUSTER KEYSLOT.
  test.each([
    ['123456789', 0x31c3],
    ['', 0],
    ['foo', 12182],
    ['bar', 5061],
    ['{user1000}.following', 3443],
    ['user1000', 3443],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['foo{bar}{zap}', 5061],
    ['ключ', 10303],
    ['{ключ}:1', 10303],
    ['é', 10180],
  ])('of %j is %i', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  test('of a binary key is that of its bytes', () => {
    expect(slotOf(Buffer.from('ключ'))).toBe(slotOf('ключ'));
  });
});

describe('hashTagOf', () => {
  test.each([
    ['{a}b', 'a'],
    ['x{a}{b}', 'a'],
    ['{}a', undefined],
    ['{a', undefined],
    ['a}', undefined],
    ['{{a}}', '{a'],
  ])('of %j is %j', (key, tag) => {
    expect(hashTagOf(key)).toBe(tag);
  });
});

describe('colocatedKey', () => {
  test('shows the document key', () => {
    expect(colocatedKey('User:ada', '/profile:lock')).toBe('{User:ada}/profile:lock');
    expect(colocatedKey('{shop}User:ada', ':x')).toBe('{shop}User:ada:x');
  });

  test('has the least number in its slot as a tag where the key cannot be one, in whatever order keys are asked for', () => {
    // Other processes, of other versions too, have to find the same keys.
    expect(colocatedKey('User:a}b', ':x')).toBe('{13540}User:a}b:x');
    expect(colocatedKey('a}150', ':x')).toBe('{88275}a}150:x');
    expect(colocatedKey('}', ':x')).toBe('{5305}}:x');
    expect(colocatedKey('User:a}b', ':x')).toBe('{13540}User:a}b:x');
  });

  test('lies in the slot of the document, whatever its key', () => {
    const key = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('{', '}', 'a', ':') }));
    fc.assert(
      fc.property(key, (text) => expect(slotOf(colocatedKey(text, '/a:lock'))).toBe(slotOf(text))),
      { numRuns: 200 },
    );
  });
});
