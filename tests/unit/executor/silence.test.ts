import { SilenceWatch } from '../../../src/executor/silence';

class ErrorReply extends Error {}

describe('SilenceWatch', () => {
  const TIMEOUT_MS = 1000;
  let silences: number;
  let watch: SilenceWatch;

  beforeEach(() => {
    jest.useFakeTimers();
    silences = 0;
    watch = new SilenceWatch(TIMEOUT_MS, () => (silences += 1));
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  test('tells of a request that waits, after its time and before twice of it', () => {
    watch.begin();
    jest.advanceTimersByTime(TIMEOUT_MS);
    expect(silences).toBe(0);
    jest.advanceTimersByTime(TIMEOUT_MS);
    expect(silences).toBe(1);
  });

  test('says nothing while answers come, also answers that refuse', () => {
    watch.begin();
    for (let round = 0; round < 10; round += 1) {
      watch.begin();
      watch.end();
      jest.advanceTimersByTime(TIMEOUT_MS / 2);
      watch.begin();
      watch.fail(new ErrorReply('ERR no'));
      jest.advanceTimersByTime(TIMEOUT_MS / 2);
    }
    expect(silences).toBe(0);
  });

  test('does not take a connection that fails for an answer', () => {
    watch.begin();
    watch.begin();
    jest.advanceTimersByTime(TIMEOUT_MS);
    watch.fail(new Error('Socket timeout'));
    jest.advanceTimersByTime(TIMEOUT_MS);
    expect(silences).toBe(1);
  });
});
