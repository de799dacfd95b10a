import { OwnSockets } from '../node-redis/own-sockets';

/** A client that can be copied. */
interface Original<C> {
  readonly options?: { readonly socket?: object } | undefined;
  duplicate(overrides: object): C;
}

/** What is required of a copy. */
interface Droppable {
  readonly isOpen: boolean;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  destroy(): void;
}

/** A copy of a connection. It belongs to the code that made it. */
export interface Copy<C> {
  readonly client: C;
  /** Drops it for good, whether it is open, being opened, or gone. */
  readonly drop: () => void;
}

/** @param changes - Socket options that differ from the original's. */
export function copyOf<C extends Droppable>(original: Original<C>, changes?: object): Copy<C> {
  const sockets = new OwnSockets();
  const client = original.duplicate({ socket: sockets.options({ ...original.options?.socket, ...changes }) });
  // Errors are reported to the callers of its commands.
  client.on('error', () => undefined);
  const drop = (): void => {
    // Some versions of the client refuse to destroy a connection that has given up by itself.
    if (client.isOpen) client.destroy();
    sockets.end();
  };
  return { client, drop };
}
