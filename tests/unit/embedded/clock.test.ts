import { Clock } from '../../../src/embedded/state/clock';

describe('the time of the embedded server', () => {
  test('microseconds never go back, also where a millisecond turns', () => {
    const clock = new Clock();
    const end = Date.now() + 20;
    const seen: number[] = [];

    while (Date.now() < end) seen.push(clock.nowMicroseconds());

    expect(seen.length).toBeGreaterThan(20);
    expect(seen.every((time, index) => index === 0 || time >= (seen[index - 1] as number))).toBe(true);
  });

  test('scripts that run one after the other see microseconds, not the start of a millisecond', () => {
    const clock = new Clock();
    const end = Date.now() + 20;
    const seen = new Set<number>();

    while (Date.now() < end) seen.add(clock.frozen(() => clock.nowMicroseconds()));

    expect(seen.size).toBeGreaterThan(40);
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
});
