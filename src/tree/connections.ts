import type { Executor } from '../executor/executor';
import { openExecutor, type ConnectionTarget } from '../executor/clients/open';

interface Shared {
  readonly executor: Promise<Executor>;
  users: number;
}

/** Trees and locks over one ready client share what is built on it, so that they share its connection for messages. */
const ofClients = new WeakMap<object, Shared>();

/** A connection that is open already, such as that of `connect`. */
export interface OpenConnection {
  readonly executor: Executor;
}

/** A connection that is opened when it is first needed. */
export class LazyConnection {
  private opened: Promise<Executor> | undefined;

  constructor(private readonly target: ConnectionTarget | OpenConnection) {}

  executor(): Promise<Executor> {
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Ends what was opened here; a ready client, or an open connection, stays open. */
  async close(): Promise<void> {
    const { opened, target } = this;
    this.opened = undefined;
    if (opened === undefined || isOpenConnection(target)) return;
    const shared = typeof target === 'object' ? ofClients.get(target) : undefined;
    if (shared !== undefined) {
      shared.users -= 1;
      if (shared.users > 0) return;
      ofClients.delete(target as object);
    }
    await (await opened.catch(() => undefined))?.close();
  }

  private open(): Promise<Executor> {
    const { target } = this;
    if (isOpenConnection(target)) return Promise.resolve(target.executor);
    if (typeof target !== 'object' || !('sendCommand' in target)) return openExecutor(target);
    let shared = ofClients.get(target);
    if (shared === undefined) ofClients.set(target, (shared = { executor: openExecutor(target), users: 0 }));
    shared.users += 1;
    return shared.executor;
  }
}

function isOpenConnection(target: ConnectionTarget | OpenConnection): target is OpenConnection {
  return typeof target === 'object' && 'executor' in target;
}
