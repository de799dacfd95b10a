import { AttemptTime } from '../../../src/lock/attempt-time';

const past = performance.now() - 1;

test.each([
  ['with a connection', {}, [1_000, 20, 20]],
  ['without one, no longer than other calls wait for it', { offlineTimeoutMs: 300 }, [300, 20, 20]],
])('when time is up, an attempt may be answered in a second, and a later one only be written: %s', (_, executor, expected) => {
  const time = new AttemptTime(executor as never, past);

  expect([time.nextMs(), time.nextMs(), time.nextMs()]).toEqual(expected);
});

test('until then each may take what is left', () => {
  const time = new AttemptTime({} as never, performance.now() + 60_000);

  for (const ms of [time.nextMs(), time.nextMs()]) expect(Math.round(ms / 1_000)).toBe(60);
});
