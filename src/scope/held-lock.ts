/** A lock that the present flow holds, as far as commits need to know it. */
export interface HeldLock {
  readonly documentKey: string;
  readonly lockKey: string;
  readonly action: string;
  readonly token: string;
  /** Known here to be over: lost, or released. */
  readonly isOver: boolean;
}

/** A lock that a commit frees. */
export interface ReleasedLock extends HeldLock {
  /** It was freed. */
  end(): void;
}
