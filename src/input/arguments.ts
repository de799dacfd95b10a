import { describe } from './describe';

/** Refuses what callers without types give where a list is meant; a text would be taken letter by letter. */
export function requireList(given: readonly unknown[], verb: string, example: string): void {
  if (!Array.isArray(given)) throw new TypeError(`${verb} takes a list, such as ${example}, found ${describe(given)}`);
}

/** Refuses what callers without types give where a function is meant, before anything is sent for it. */
export function requireWork(given: unknown, verb: string, example: string): void {
  if (typeof given !== 'function') throw new TypeError(`${verb} takes a function, such as ${example}, found ${describe(given)}`);
}
