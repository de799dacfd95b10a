type OnRejected<B> = (reason: unknown) => B | PromiseLike<B>;

/** Called with each promise whose error somebody has to handle. */
type Note = (refusal: Refusal) => void;

/**
 * The promise of a verb that was refused in an open pipeline. It knows whether somebody handles its error, so that the pipeline can tell of one that nobody
 * else was told of.
 */
export class Refusal extends Promise<never> {
  /** Promises that are made of it are ordinary ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /** Somebody handles the error. */
  isSeen = false;
  error: unknown;
  private note!: Note;

  static of(error: unknown, note: Note): Refusal {
    return new Refusal((_resolve, reject) => reject(error)).noted(error, note);
  }

  private noted(error: unknown, note: Note): this {
    // Else the process would be told of an error that the pipeline tells of.
    void super.then(undefined, () => undefined);
    this.error = error;
    this.note = note;
    note(this);
    return this;
  }

  /** A caller that waits only for the value does not handle the error; the promise that this returns has to be handled. */
  override then<A = never, B = never>(
    onFulfilled?: ((value: never) => A | PromiseLike<A>) | null,
    onRejected?: OnRejected<B> | null,
  ): Promise<A | B> {
    this.isSeen = true;
    if (typeof onRejected !== 'function') return Refusal.of(this.error, this.note);
    return super.then(onFulfilled, onRejected);
  }

  /** What ends it does not handle the error either. */
  override finally(onFinally?: (() => void) | null): Promise<never> {
    const ended = super.finally(onFinally);
    return new Refusal((_resolve, reject) => void ended.catch(reject)).noted(this.error, this.note);
  }
}
