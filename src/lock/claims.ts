import { RedisConnectionError } from '../errors/connection';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';

/** What this process holds, or has asked for. */
export interface Claim {
  /** Loses what is held, and frees it on the server. */
  giveBack(): Promise<unknown>;
}

/** All claims over one connection, which are given back when it is closed: nobody would renew or free them then. */
export class Claims<C extends Claim> {
  readonly byName = new Map<string, C>();
  private isClosed = false;

  constructor(readonly executor: Executor) {
    executor.beforeClose(() => {
      this.isClosed = true;
      return Promise.all([...this.byName.values()].map((claim) => claim.giveBack()));
    });
  }

  /** Why nothing is asked for any more, or was granted too late; undefined while the connection is open. */
  get closed(): RedisConnectionError | undefined {
    return this.isClosed ? new RedisConnectionError('the connection was closed') : undefined;
  }
}

/** Frees what may be held before its connection is closed. A server that is away is not waited for: there the lock ends by itself. */
export async function freeBeforeClosing(executor: Executor, call: ScriptCall): Promise<void> {
  if (executor.isReadyFor(call.keys[0] as string)) await executor.evaluate(call, () => undefined).catch(() => undefined);
}
