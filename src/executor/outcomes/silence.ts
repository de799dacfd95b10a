import { isServerAnswer } from './reply-errors';

/** Ticks without any answer after which a server counts as silent. Silence may be noticed up to one tick late. */
const QUIET_TICKS = 4;

/**
 * Notices that requests without a deadline of their own get no answer. One timer watches all of them, because a timer per request, or timing every
 * answer, would cost much of the throughput. The timeout of the socket does not help while new requests are being written.
 */
export class SilenceWatch {
  private waiting = 0;
  /** Counts events that show that no request has waited for long: answers, and requests sent while none was waiting. */
  private news = 0;
  private newsBefore = 0;
  private quietTicks = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param onSilence - Called when requests have waited for `timeoutMs`, or slightly longer, without any answer. */
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

  /** A request was answered. */
  end(): void {
    this.waiting -= 1;
    this.news += 1;
  }

  /** A request failed, with or without an answer. */
  fail(error: unknown): void {
    this.waiting -= 1;
    if (isServerAnswer(error)) this.news += 1;
  }

  /** Calls end() or fail(). */
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
