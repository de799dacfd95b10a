import { backoffMs } from '../../../src/async/backoff';

test('pauses are twice as long after each attempt, up to the longest', () => {
  const pauses = [0, 1, 2, 3, 100].map((attempt) => backoffMs(attempt, { firstMs: 10, maxMs: 50 }));

  expect(pauses).toEqual([10, 20, 40, 50, 50]);
});
