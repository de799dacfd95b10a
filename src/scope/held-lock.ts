/** A lock that the current flow holds, as far as commits need to know it. */
export interface HeldLock {
  /** The connection, because other servers may hold documents with the same key. */
  readonly executor: object;
  readonly documentKey: string;
  readonly model: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Whether the lock is known here to be lost or released. */
  readonly isOver: boolean;
  /** Whether it guards writes over a connection: its own, or any other after its own was closed. */
  guards(executor: object): boolean;
}

/** A lock that a commit frees. */
export interface ReleasedLock extends HeldLock {
  /** The keys needed to free it, its own first, and the arguments that say who gets it next. Called when it is about to be freed. */
  freeing(): { readonly keys: readonly string[]; readonly args: readonly string[] };
  /** Called with the answer when it was freed. */
  end(answer: unknown): void;
}
