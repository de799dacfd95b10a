import { createHash } from 'node:crypto';

/** A Lua script as data. */
export interface Script {
  /** File name without the ending. */
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

export function script(name: string, source: string): Script {
  return Object.freeze({ name, source, sha1: createHash('sha1').update(source).digest('hex') });
}
