/** Limits of one call. */
export interface CallOptions {
  /** Gives the call up. */
  readonly signal?: AbortSignal | undefined;
  /** Longest time the call may take, in milliseconds. Default: that of the connection while it is offline, else none. */
  readonly timeoutMs?: number | undefined;
}
