import { WireConnection } from '../../conformance/support/wire';
import { Clock } from '../../../src/embedded/state/clock';
import { startEmbeddedRedis } from '../../../src/testing';

describe('the time of the embedded server', () => {
  const LOOKS = 50_000;

  test('microseconds never go back, also where a millisecond turns', () => {
    const clock = new Clock();
    const seen = Array.from({ length: LOOKS }, () => clock.nowMicroseconds());

    expect((seen[LOOKS - 1] as number) - (seen[0] as number)).toBeGreaterThan(1000);
    expect(seen.every((time, index) => index === 0 || time >= (seen[index - 1] as number))).toBe(true);
  });

  test('scripts that run one after the other see microseconds, not the start of a millisecond', () => {
    const clock = new Clock();
    const seen = Array.from({ length: LOOKS }, () => clock.frozen(() => clock.nowMicroseconds()));

    const milliseconds = new Set(seen.map((time) => Math.floor(time / 1000)));
    expect(new Set(seen).size).toBeGreaterThan(2 * milliseconds.size);
  });

  test('it stands still within a script, and both units agree', () => {
    const clock = new Clock();

    clock.frozen(() => {
      const before = clock.nowMicroseconds();
      const end = Date.now() + 5;
      while (Date.now() < end);
      expect(clock.nowMicroseconds()).toBe(before);
      expect(clock.now()).toBe(Math.floor(before / 1000));
    });
  });

  test('it moves forward by what a test says', () => {
    const clock = new Clock();
    const before = clock.now();

    clock.advance(60_000);

    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });

  test('it counts whole milliseconds, also when a test moves it by a part of a lease', async () => {
    await using redis = await startEmbeddedRedis();
    const connection = await WireConnection.open(redis.port);

    redis.clock.advance(10_000 / 3);

    expect(Number.isInteger(redis.clock.now())).toBe(true);
    const replies = await connection.exchange([
      ['SET', 'lease', 'token', 'PX', '30000'],
      ['PTTL', 'lease'],
    ]);
    expect(replies).toMatchObject([{ text: 'OK' }, { type: ':', text: expect.stringMatching(/^(30000|29\d{3})$/) as string }]);
    connection.close();
  });

  test.each(['5', NaN, -1, Infinity, undefined, null, 5n])('it is not moved by %p', (ms) => {
    const clock = new Clock();
    const before = clock.now();

    expect(() => clock.advance(ms as number)).toThrow(RangeError);
    expect(() => clock.advance(ms as number)).toThrow(/^the clock moves forward only, by a number of milliseconds, got /);

    expect(clock.now() - before).toBeLessThan(1000);
  });
});
