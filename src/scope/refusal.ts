type OnRejected<B> = (reason: unknown) => B | PromiseLike<B>;

/** Called with each promise whose error has to be handled. */
type Note = (refusal: Refusal) => void;

/**
 * The promise of a verb that was refused in an open pipeline. It knows whether its error is handled, so that the pipeline can report the error if no
 * caller does.
 */
export class Refusal extends Promise<never> {
  /** Promises derived from it are ordinary ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Whether a caller handles the error. */
  isSeen = false;
  error: unknown;
  private note!: Note;

  static of(error: unknown, note: Note): Refusal {
    return new Refusal((_resolve, reject) => reject(error)).noted(error, note);
  }

  private noted(error: unknown, note: Note): this {
    // Avoids an unhandled rejection, because the pipeline reports the error.
    void super.then(undefined, () => undefined);
    this.error = error;
    this.note = note;
    note(this);
    return this;
  }

  /** A caller that passes no `onRejected` does not handle the error; the promise returned to it has to be handled instead. */
  override then<A = never, B = never>(
    onFulfilled?: ((value: never) => A | PromiseLike<A>) | null,
    onRejected?: OnRejected<B> | null,
  ): Promise<A | B> {
    this.isSeen = true;
    if (typeof onRejected !== 'function') return Refusal.of(this.error, this.note);
    return super.then(onFulfilled, onRejected);
  }

  /** finally() does not handle the error either. */
  override finally(onFinally?: (() => void) | null): Promise<never> {
    const ended = super.finally(onFinally);
    return new Refusal((_resolve, reject) => void ended.catch(reject)).noted(this.error, this.note);
  }
}
