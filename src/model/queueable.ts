/** The method that returns what a pipeline works on. A symbol, because all names belong to the fields. */
export const QUEUED: unique symbol = Symbol('redatom/queued');

/** A document that was not read, or was queued already, as a pipeline takes it. */
export interface Queueable {
  /** What the pipeline works on. */
  [QUEUED](): object;
}
