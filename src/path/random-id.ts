import type * as Uuid from 'uuid';

let uuid: typeof Uuid | undefined;

/** A UUID of version 4. What makes it is loaded with the first one: its 21 files take a fifth of the time of an import. */
export function randomId(): string {
  uuid ??= require('uuid') as typeof Uuid;
  return uuid.v4();
}
