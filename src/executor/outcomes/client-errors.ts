import { types } from 'node:util';
import { nodeRedis, type NodeRedis } from '../node-redis/load';
import { reasonOf } from './given-up';

type ClientError = {
  [Name in keyof NodeRedis]: NodeRedis[Name] extends new (...args: never[]) => Error ? Name : never;
}[keyof NodeRedis];

/** Whether it is an error of node-redis of one of these very classes, which carry no name or code. */
export function isClientError(error: unknown, ...names: readonly ClientError[]): boolean {
  if (!(error instanceof Error)) return false;
  const made: unknown = error.constructor;
  // Another copy of the client has classes of its own, and minifiers rename those of all copies.
  return names.some((name) => name === error.constructor.name) || names.some((name) => made === nodeRedis()[name]);
}

/**
 * What a client has rejected with, where it is to stand in the place of a reply. In the sandboxes of test runners the errors of Node's sockets are none of the
 * class `Error` there, and would be taken for replies.
 */
export function failureIn(rejection: unknown): Error {
  if (rejection instanceof Error) return rejection;
  const failure = new Error(reasonOf(rejection), { cause: rejection });
  return types.isNativeError(rejection) ? Object.assign(failure, rejection) : failure;
}

/** Refuses work over a client that is closed, or was never connected, as the client itself refuses a command. */
export function refuseClosed({ isOpen }: { readonly isOpen: boolean }): void {
  if (!isOpen) throw new (nodeRedis().ClientClosedError)();
}
