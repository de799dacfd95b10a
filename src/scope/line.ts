/** What waits to be sent, in the lines of all instances that it is about. */
export interface Waiting {
  /** Whether it need not wait any more when it is the first everywhere. */
  readonly isReady: () => boolean;
  /** Nothing else of the instances is sent before it has ended. */
  readonly isAlone: boolean;
  readonly lines: readonly Line[];
  readonly enter: () => Promise<unknown>;
}

/** What is to be sent for an instance, in the order of the calls, while the first of it has to wait. */
export class Line {
  private readonly waiting: Waiting[] = [];
  private isHeld = false;
  private isAdvancing = false;

  /** @param onEmpty - Called when nothing waits any more. */
  constructor(private readonly onEmpty: () => void) {}

  join(one: Waiting): void {
    // It was called before all that waits.
    if (one.isAlone) this.waiting.unshift(one);
    else this.waiting.push(one);
  }

  /** Whether it was still waiting. */
  leave(one: Waiting): boolean {
    const position = this.waiting.indexOf(one);
    if (position === -1) return false;
    this.waiting.splice(position, 1);
    return true;
  }

  /** Sends what can be sent now. What that ends at once comes back here, and is left to the loop that runs already. */
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

  /** Whether it is the first here. */
  private has(one: Waiting): boolean {
    return !this.isHeld && this.waiting[0] === one;
  }

  /** Lets nothing pass. */
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
