import { isServerAnswer } from './reply-errors';

/** Ticks without any answer after which a server counts as silent; one of them is how much later that may be noticed. */
const QUIET_TICKS = 4;

/**
 * Notices that requests without a deadline of their own get no answer. One timer watches all of them, because a timer for each, or the
 * time of each answer, costs much of the throughput; the timeout of the socket does not help while new requests are being written.
 */
export class SilenceWatch {
  private waiting = 0;
  /** Counts what shows that nobody has waited for long: answers, and requests with which waiting begins. */
  private news = 0;
  private newsBefore = 0;
  private quietTicks = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param onSilence - Called when requests have waited for `timeoutMs`, or a little longer, and none was answered. */
  constructor(
    private readonly timeoutMs: number,
    private readonly onSilence: () => void,
  ) {}

  /** A request was sent. */
  begin(): void {
    if (this.waiting === 0) this.news += 1;
    this.waiting += 1;
    if (this.timer === undefined) this.start();
  }

  /** It was answered. */
  end(): void {
    this.waiting -= 1;
    this.news += 1;
  }

  /** It failed: by an answer that refuses it, or without one. */
  fail(error: unknown): void {
    this.waiting -= 1;
    if (isServerAnswer(error)) this.news += 1;
  }

  /** One of these. */
  settle(outcome: unknown): void {
    if (outcome instanceof Error) this.fail(outcome);
    else this.end();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private start(): void {
    this.quietTicks = 0;
    this.newsBefore = this.news;
    this.timer = setTimeout(() => {
      this.tick();
    }, this.timeoutMs / QUIET_TICKS);
    this.timer.unref();
  }

  private tick(): void {
    if (this.waiting === 0) {
      this.timer = undefined;
      return;
    }
    this.quietTicks = this.news === this.newsBefore ? this.quietTicks + 1 : 0;
    this.newsBefore = this.news;
    if (this.quietTicks === QUIET_TICKS) {
      this.quietTicks = 0;
      this.onSilence();
    }
    this.timer?.refresh();
  }
}
