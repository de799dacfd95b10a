/**
 * The sockets of a client that is ours. A client that is closed, or dropped, while it makes a connection gets that all the same, and holds it for ever: so they
 * have a signal by which that one ends, too.
 */
export class OwnSockets {
  private readonly ending = new AbortController();

  /** The options of the client for them. */
  options<S extends object>(options?: S): S & { readonly signal: AbortSignal } {
    return { ...(options as S), signal: this.ending.signal };
  }

  /** Ends those that are open, or are being opened. The client is told before to end: it would open others in their place. */
  end(): void {
    this.ending.abort();
  }
}
