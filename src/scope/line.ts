/** A call that waits to be sent, in the lines of all instances that it concerns. */
export interface Waiting {
  /** Whether it can be sent as soon as it is the first in all lines. */
  readonly isReady: () => boolean;
  /** Nothing else is sent for the instances before it has ended. */
  readonly isAlone: boolean;
  readonly lines: readonly Line[];
  readonly enter: () => Promise<unknown>;
}

/** The waiting calls of an instance, in order; it exists while the first of them has to wait. */
export class Line {
  private readonly waiting: Waiting[] = [];
  private isHeld = false;
  private isAdvancing = false;

  /** @param onEmpty - Called when no call waits any more. */
  constructor(private readonly onEmpty: () => void) {}

  join(one: Waiting): void {
    // The repetition of a read that was called before all waiting calls.
    if (one.isAlone) this.waiting.unshift(one);
    else this.waiting.push(one);
  }

  /** Removes a call; returns whether it was still waiting. */
  leave(one: Waiting): boolean {
    const position = this.waiting.indexOf(one);
    if (position === -1) return false;
    this.waiting.splice(position, 1);
    return true;
  }

  /** Sends every call that can be sent now. If one of them ends synchronously and re-enters, the loop that is already running handles that. */
  advance(): void {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    for (let first = this.next(); first !== undefined; first = this.next()) enter(first);
    this.isAdvancing = false;
    if (this.waiting.length === 0 && !this.isHeld) this.onEmpty();
  }

  private next(): Waiting | undefined {
    const [first] = this.waiting;
    return first !== undefined && first.isReady() && first.lines.every((line) => line.has(first)) ? first : undefined;
  }

  /** Whether a call is the first here and may pass. */
  private has(one: Waiting): boolean {
    return !this.isHeld && this.waiting[0] === one;
  }

  /** Lets no call pass until release(). */
  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    this.advance();
  }
}

function enter(one: Waiting): void {
  for (const line of one.lines) {
    line.leave(one);
    if (one.isAlone) line.hold();
  }
  const release = (): void => {
    for (const line of one.lines) line.release();
  };
  const ended = one.enter();
  if (one.isAlone) void ended.then(release, release);
  else for (const line of one.lines) line.advance();
}
