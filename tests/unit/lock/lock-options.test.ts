import { lockSettings, type LockOptions } from '../../../src/lock/lock-options';

describe('lockSettings', () => {
  test('has defaults', () => {
    expect(lockSettings({})).toEqual({ ttlMs: 30_000, waitMs: 10_000, maxHoldMs: Infinity });
  });

  test('keeps what was given', () => {
    const { signal } = new AbortController();

    expect(lockSettings({ ttlMs: 100, waitMs: 0, maxHoldMs: 200, signal })).toEqual({ ttlMs: 100, waitMs: 0, maxHoldMs: 200, signal });
  });

  test.each([
    [250.5, 250],
    [0.5, 1],
  ])('has no lease that outlasts a hold of %d ms', (maxHoldMs, ttlMs) => {
    expect(lockSettings({ maxHoldMs }).ttlMs).toBe(ttlMs);
  });

  test.each([{ ttlMs: 99 }, { ttlMs: 100.5 }, { ttlMs: NaN }, { waitMs: -1 }, { waitMs: NaN }, { maxHoldMs: 0 }, { maxHoldMs: NaN }])(
    'refuses %p instead of rounding it',
    (options) => {
      expect(() => lockSettings(options)).toThrow(RangeError);
    },
  );

  test.each<[keyof LockOptions, unknown, string]>([
    ['ttlMs', '500', 'the text "500"'],
    ['ttlMs', null, 'null'],
    ['waitMs', '5', 'the text "5"'],
    ['waitMs', null, 'null'],
    ['waitMs', 5n, 'the bigint 5'],
    ['maxHoldMs', '5', 'the text "5"'],
    ['maxHoldMs', null, 'null'],
    ['signal', null, 'null'],
    ['signal', {}, 'an object'],
    ['signal', new AbortController(), 'an instance of AbortController'],
  ])('refuses %s of a wrong type: %p', (name, value, found) => {
    expect(() => lockSettings({ [name]: value })).toThrow(new RegExp(`^${name} must be an? .*, found ${found}$`));
  });
});
