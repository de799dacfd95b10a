type OnRejected<B> = (reason: unknown) => B | PromiseLike<B>;

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
  private note: ((refusal: Refusal) => void) | undefined;

  /** @param note - Gets each promise whose error somebody has to handle. */
  static of(error: unknown, note: (refusal: Refusal) => void): Refusal {
    const refusal = new Refusal((_resolve, reject) => reject(error));
    // Else the process would be told of an error that the pipeline tells of.
    void super.prototype.then.call(refusal, undefined, () => undefined);
    refusal.error = error;
    refusal.note = note;
    note(refusal);
    return refusal;
  }

  /** Whoever waits only for its value does not handle the error: somebody has to handle that of the promise that this gives. */
  override then<A = never, B = never>(
    onFulfilled?: ((value: never) => A | PromiseLike<A>) | null,
    onRejected?: OnRejected<B> | null,
  ): Promise<A | B> {
    this.isSeen = true;
    if (typeof onRejected !== 'function' && this.note !== undefined) return Refusal.of(this.error, this.note);
    return super.then(onFulfilled, onRejected);
  }
}
