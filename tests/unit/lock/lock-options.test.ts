import { lockSettings } from '../../../src/lock/lock-options';

describe('lockSettings', () => {
  test('has defaults', () => {
    expect(lockSettings({})).toEqual({ ttlMs: 30_000, waitMs: 10_000, maxHoldMs: Infinity });
  });

  test('keeps what was given', () => {
    const { signal } = new AbortController();

    expect(lockSettings({ ttlMs: 100, waitMs: 0, maxHoldMs: 1, signal })).toEqual({ ttlMs: 100, waitMs: 0, maxHoldMs: 1, signal });
  });

  test.each([{ ttlMs: 99 }, { ttlMs: 100.5 }, { ttlMs: NaN }, { waitMs: -1 }, { waitMs: NaN }, { maxHoldMs: 0 }, { maxHoldMs: NaN }])(
    'refuses %p instead of rounding it',
    (options) => {
      expect(() => lockSettings(options)).toThrow(RangeError);
    },
  );
});
