import { lockSettings } from '../../../src/lock/lock-options';

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
});
