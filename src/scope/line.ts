/** How something waits that is to be sent for an instance. */
export interface Waiting {
  /** It needs local values as all verbs before it leave them, so they have to be answered. */
  readonly needsRest: boolean;
  /** Nothing else of the instance is sent before it has ended. */
  readonly isAlone: boolean;
  readonly enter: () => Promise<unknown>;
}

/** An instance, as its line sees it. */
interface Sender {
  /** There while something waits. */
  line: Line | undefined;
  /** No verb is under way. */
  readonly isSettled: boolean;
}

/** What is to be sent for an instance, in the order of the calls, while the first of it has to wait. */
export class Line {
  private readonly waiting: Waiting[] = [];
  private isHeld = false;

  constructor(private readonly sender: Sender) {}

  join(one: Waiting): void {
    this.waiting.push(one);
  }

  /** Whether it was still waiting. */
  leave(one: Waiting): boolean {
    const position = this.waiting.indexOf(one);
    if (position === -1) return false;
    this.waiting.splice(position, 1);
    this.advance();
    return true;
  }

  /** Sends what can be sent now. */
  advance(): void {
    while (!this.isHeld) {
      const [first] = this.waiting;
      if (first === undefined) {
        this.sender.line = undefined;
        return;
      }
      if (first.needsRest && !this.sender.isSettled) return;
      this.waiting.shift();
      this.isHeld = first.isAlone;
      const ended = first.enter();
      if (first.isAlone) void ended.then(this.release, this.release);
    }
  }

  private readonly release = (): void => {
    this.isHeld = false;
    this.advance();
  };
}
