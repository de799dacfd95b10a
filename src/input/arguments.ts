import { describe } from './describe';

/** Refuses an argument of untyped callers that is not a list; a text would be processed letter by letter. */
export function requireList(given: readonly unknown[], verb: string, example: string): void {
  if (!Array.isArray(given)) throw new TypeError(`${verb} takes a list, such as ${example}, found ${describe(given)}`);
}

/** Refuses an argument of untyped callers that is not a function, before anything is sent for it. */
export function requireWork(given: unknown, verb: string, example: string): void {
  if (typeof given !== 'function') throw new TypeError(`${verb} takes a function, such as ${example}, found ${describe(given)}`);
}
