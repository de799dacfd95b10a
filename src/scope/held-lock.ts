/** A lock that the present flow holds, as far as commits need to know it. */
export interface HeldLock {
  /** The connection: other servers may hold documents of the same key. */
  readonly executor: object;
  readonly documentKey: string;
  readonly model: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Known here to be over: lost, or released. */
  readonly isOver: boolean;
  /** Whether it guards what is written over a connection: its own, or any after that was closed. */
  guards(executor: object): boolean;
}

/** A lock that a commit frees. */
export interface ReleasedLock extends HeldLock {
  /** The keys that are needed to free it, its own first, and who gets it then; asked when it is about to be freed. */
  freeing(): { readonly keys: readonly string[]; readonly args: readonly string[] };
  /** It was freed, with this answer. */
  end(answer: unknown): void;
}
