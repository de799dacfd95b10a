import { SilenceWatch } from '../../../src/executor/outcomes/silence';

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

  const LATEST_MS = 1.25 * TIMEOUT_MS;

  test.each<[string, () => void]>([
    ['waits', () => watch.begin()],
    [
      'waits since another was answered',
      () => {
        watch.begin();
        watch.begin();
        jest.advanceTimersByTime(TIMEOUT_MS / 100);
        watch.end();
      },
    ],
    [
      'has followed one that was answered',
      () => {
        watch.begin();
        jest.advanceTimersByTime(TIMEOUT_MS / 100);
        watch.end();
        watch.begin();
      },
    ],
    [
      'has followed, after a pause, one that took long',
      () => {
        watch.begin();
        jest.advanceTimersByTime(0.9 * TIMEOUT_MS);
        watch.end();
        jest.advanceTimersByTime(TIMEOUT_MS / 2);
        watch.begin();
      },
    ],
    [
      'has followed one that failed with its connection after a long time',
      () => {
        watch.begin();
        jest.advanceTimersByTime(TIMEOUT_MS - 1);
        watch.fail(new Error('Socket closed unexpectedly'));
        watch.begin();
      },
    ],
  ])('tells of a request that %s, after its time and at most a quarter later', (_, begin) => {
    begin();
    jest.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(silences).toBe(0);
    jest.advanceTimersByTime(LATEST_MS - TIMEOUT_MS + 1);
    expect(silences).toBe(1);
  });

  test('tells of it again when it goes on', () => {
    watch.begin();
    jest.advanceTimersByTime(2 * TIMEOUT_MS + 1);
    expect(silences).toBe(2);
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

  test('says nothing while only answers that refuse come', () => {
    watch.begin();
    for (let round = 0; round < 10; round += 1) {
      watch.begin();
      watch.fail(new ErrorReply('ERR no'));
      jest.advanceTimersByTime(TIMEOUT_MS / 2);
    }
    expect(silences).toBe(0);
  });

  test.each(['fail', 'settle'] as const)('does not take a connection that fails for an answer: %s', (told) => {
    watch.begin();
    watch.begin();
    jest.advanceTimersByTime(TIMEOUT_MS / 2);
    watch[told](new Error('Socket timeout'));
    jest.advanceTimersByTime(TIMEOUT_MS / 2);
    expect(silences).toBe(1);
  });
});
