import { RedisConnectionError } from '../errors/connection';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';

/** A lock that this process holds or has asked for. */
export interface Claim {
  /** Gives up the lock if it is held, and frees it on the server. */
  giveBack(): Promise<unknown>;
}

/** All claims over one connection. They are given back when it closes, because they could be neither renewed nor freed afterwards. */
export class Claims<C extends Claim> {
  readonly byName = new Map<string, C>();
  private isClosed = false;

  constructor(readonly executor: Executor) {
    executor.beforeClose(() => {
      this.isClosed = true;
      return Promise.all([...this.byName.values()].map((claim) => claim.giveBack()));
    });
  }

  /** Why locks are no longer asked for, or why one was granted too late; undefined while the connection is open. */
  get closed(): RedisConnectionError | undefined {
    return this.isClosed ? new RedisConnectionError('the connection was closed') : undefined;
  }
}

/** Frees a lock that may be held before its connection is closed. Does not wait for an unreachable server, where the lock expires by itself. */
export async function freeBeforeClosing(executor: Executor, call: ScriptCall): Promise<void> {
  if (executor.isReadyFor(call.keys[0] as string)) await executor.evaluate(call, () => undefined).catch(() => undefined);
}
