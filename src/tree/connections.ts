import type { Executor } from '../executor/executor';
import { openExecutor } from '../executor/open/open';
import { NotConnectedError } from '../errors/connection';
import { isOpenConnection, type ConnectionTarget, type OpenConnection } from '../executor/open/target';

interface Shared {
  readonly executor: Promise<Executor>;
  users: number;
}

/** Trees and locks over one ready client share one executor, and with it the connection for messages. */
const ofClients = new WeakMap<object, Shared>();

/** A connection that is opened on first use, but not again after it was closed, because nothing would close it then. */
export class LazyConnection {
  private opened: Promise<Executor> | undefined;
  private isClosed = false;

  constructor(private readonly target: ConnectionTarget | OpenConnection) {}

  executor(): Promise<Executor> {
    if (this.isClosed) return Promise.reject(new NotConnectedError('this RedisTree is closed; make a new one'));
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  /** Closes a connection that was opened here; a ready client, or an open connection, stays open. */
  async close(): Promise<void> {
    const { opened, target } = this;
    this.opened = undefined;
    this.isClosed = true;
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
    // Anything else is refused by openExecutor().
    if (typeof target !== 'object' || (target as unknown) === null || !('sendCommand' in target)) return openExecutor(target);
    let shared = ofClients.get(target);
    if (shared === undefined) ofClients.set(target, (shared = { executor: openExecutor(target), users: 0 }));
    shared.users += 1;
    return shared.executor;
  }
}
