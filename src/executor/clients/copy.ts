import { OwnSockets } from '../node-redis/own-sockets';

/** What can be copied. */
interface Original<C> {
  readonly options?: { readonly socket?: object } | undefined;
  duplicate(overrides: object): C;
}

/** What the copy has to be able to do. */
interface Droppable {
  readonly isOpen: boolean;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  destroy(): void;
}

/** A connection like another one, of whoever has made it. */
export interface Copy<C> {
  readonly client: C;
  /** Drops it for good, whether it is there, is being made, or is gone. */
  readonly drop: () => void;
}

/** @param changes - Options of its socket that are others. */
export function copyOf<C extends Droppable>(original: Original<C>, changes?: object): Copy<C> {
  const sockets = new OwnSockets();
  const client = original.duplicate({ socket: sockets.options({ ...original.options?.socket, ...changes }) });
  // Those who use it are told.
  client.on('error', () => undefined);
  const drop = (): void => {
    // Some versions of the client refuse to destroy a connection that has given up by itself.
    if (client.isOpen) client.destroy();
    sockets.end();
  };
  return { client, drop };
}
