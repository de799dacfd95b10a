import type { ScriptCall } from '../executor/request';
import { lockRelease } from '../lua/catalog.generated';
import { colocatedKey } from '../path/redis-key';

/** Key of a lock, in the slot of the document that it guards. */
export function lockKeyOf(documentKey: string, action: string): string {
  return colocatedKey(documentKey, `/${escaped(action)}:lock`);
}

/** Escapes slashes, so that everything before the last slash is the key of the document, whatever the names contain. */
function escaped(action: string): string {
  // Searching for two characters costs much less than the regular expression.
  return action.includes('/') || action.includes('%') ? action.replace(/[%/]/g, encodeURIComponent) : action;
}

/** Key that exists while there are waiters for the lock; in its slot, because each key of a lock has a hash tag. */
export function waitingKeyOf(lockKey: string): string {
  return `${lockKey}:waiting`;
}

/** Key of the counter of grants of locks on a document. */
export function fenceKeyOf(documentKey: string): string {
  return colocatedKey(documentKey, '/fence');
}

/** The call that frees a lock if this token holds it. */
export function freeingCall(lockKey: string, token: string): ScriptCall {
  const waitingKey = waitingKeyOf(lockKey);
  return { script: lockRelease, keys: [lockKey, waitingKey], args: [token, waitingKey] };
}
