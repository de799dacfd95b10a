import { setMaxListeners } from 'node:events';

/**
 * The sockets of a client of our own. A client that is closed or dropped while it is making a connection still gets that connection, and keeps it for ever. The
 * sockets therefore have a signal that ends them, even while they are being opened.
 */
export class OwnSockets {
  private readonly ending = new AbortController();

  constructor() {
    const { signal } = this.ending;
    // One listener for each connection of a pool is no leak.
    setMaxListeners(Infinity, signal);
    const addListener: AbortSignal['addEventListener'] = signal.addEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof addListener>): void => {
      if (!staysForEver(args[1])) addListener(...args);
    };
  }

  /** Adds the signal to the socket options of the client. */
  options<S extends object>(options?: S): S & { readonly signal: AbortSignal } {
    return { ...(options as S), signal: this.ending.signal };
  }

  /** Ends all sockets, open or being opened. First tell the client to end, because it would open others in their place. */
  end(): void {
    this.ending.abort();
  }
}

/**
 * Of the two listeners that Node adds for each socket, the nameless one destroys the socket, and is removed with it. The other one only sets a flag, and is never
 * removed: a client that connects again and again would leak memory.
 */
function staysForEver(listener: object): boolean {
  return 'name' in listener && listener.name === 'onAbort';
}
