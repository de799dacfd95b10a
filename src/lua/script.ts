/** A Lua script as data. */
export interface Script {
  /** File name without the ending. */
  readonly name: string;
  readonly source: string;
  /** What EVALSHA calls it by. */
  readonly sha1: string;
}
