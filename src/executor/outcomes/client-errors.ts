import { types } from 'node:util';
import { nodeRedis, type NodeRedis } from '../node-redis/load';
import { reasonOf } from './given-up';

type ClientError = {
  [Name in keyof NodeRedis]: NodeRedis[Name] extends new (...args: never[]) => Error ? Name : never;
}[keyof NodeRedis];

/** Whether an error is an instance of exactly one of these classes of node-redis, whose errors carry no name or code. */
export function isClientError(error: unknown, ...names: readonly ClientError[]): boolean {
  if (!(error instanceof Error)) return false;
  const made: unknown = error.constructor;
  // By name first: another copy of node-redis has its own classes. By class as well: minifiers rename the classes of every copy.
  return names.some((name) => name === error.constructor.name) || names.some((name) => made === nodeRedis()[name]);
}

/**
 * The error with which a client rejected, where it has to take the place of a reply. In the sandboxes of test runners, the errors of Node's sockets
 * are no instances of the sandbox's `Error`, and would be taken for replies.
 */
export function failureIn(rejection: unknown): Error {
  if (rejection instanceof Error) return rejection;
  const failure = new Error(reasonOf(rejection), { cause: rejection });
  return types.isNativeError(rejection) ? Object.assign(failure, rejection) : failure;
}

/** Refuses work over a client that is closed or was never connected, with the error that the client itself gives for a command. */
export function refuseClosed({ isOpen }: { readonly isOpen: boolean }): void {
  if (!isOpen) throw new (nodeRedis().ClientClosedError)();
}
