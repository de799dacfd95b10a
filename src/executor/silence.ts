import { isServerAnswer } from './reply-errors';

/** Ticks without any answer after which a server counts as silent. */
const QUIET_TICKS = 2;

/**
 * Notices that requests without a deadline of their own get no answer. One timer watches all of them, because a timer for each costs much of the
 * throughput; the timeout of the socket does not help while new requests are being written.
 */
export class SilenceWatch {
  private waiting = 0;
  private answered = 0;
  private answeredBefore = 0;
  private quietTicks = 0;
  private timer: NodeJS.Timeout | undefined;

  /** @param onSilence - Called when requests have waited for `timeoutMs` and none was answered. */
  constructor(
    private readonly timeoutMs: number,
    private readonly onSilence: () => void,
  ) {}

  /** A request was sent. */
  begin(): void {
    this.waiting += 1;
    if (this.timer === undefined) this.start();
  }

  /** It was answered. */
  end(): void {
    this.waiting -= 1;
    this.answered += 1;
  }

  /** It failed: by an answer that refuses it, or without one. */
  fail(error: unknown): void {
    this.waiting -= 1;
    if (isServerAnswer(error)) this.answered += 1;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private start(): void {
    this.quietTicks = 0;
    this.answeredBefore = this.answered;
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
    this.quietTicks = this.answered === this.answeredBefore ? this.quietTicks + 1 : 0;
    this.answeredBefore = this.answered;
    if (this.quietTicks > QUIET_TICKS) {
      this.quietTicks = 0;
      this.onSilence();
    }
    this.timer?.refresh();
  }
}
