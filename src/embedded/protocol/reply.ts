/**
 * The reply of a command. A string is a bulk string and, like all text in the server, holds one byte per character;
 * numbers are integers, `null` is the null of the connection's protocol.
 */
export type Reply =
  | string
  | number
  | bigint
  | null
  | boolean
  | readonly Reply[]
  | StatusReply
  | ErrorReply
  | DoubleReply
  | MapReply
  | SetReply
  | PushReply
  | VerbatimReply
  | BigNumberReply
  | NoReply
  | SeriesReply
  | NullArrayReply;

export class StatusReply {
  constructor(readonly text: string) {}
}

export class ErrorReply {
  constructor(readonly text: string) {}
}

/** An error about the node or the slots of a request, not about the request itself. */
export class RedirectionReply extends ErrorReply {}

export class DoubleReply {
  constructor(readonly value: number) {}
}

/** A map in RESP3, a flat array in RESP2. */
export class MapReply {
  constructor(readonly entries: readonly (readonly [Reply, Reply])[]) {}
}

/** A set in RESP3, an array in RESP2. */
export class SetReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** A message outside the order of replies in RESP3, an array in RESP2. */
export class PushReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** A verbatim string in RESP3, a bulk string in RESP2. */
export class VerbatimReply {
  constructor(
    readonly text: string,
    readonly format = 'txt',
  ) {}
}

/** A big number in RESP3, a bulk string in RESP2. */
export class BigNumberReply {
  constructor(readonly digits: string) {}
}

/** Several replies to one request, as SUBSCRIBE sends them. A transaction still counts them as one. */
export class SeriesReply {
  constructor(readonly items: readonly Reply[]) {}
}

/** The null array of RESP2, null in RESP3. */
export class NullArrayReply {
  readonly kind = 'null array';
}

/** Nothing is sent. */
export class NoReply {
  readonly kind = 'none';
}

export const ok = new StatusReply('OK');
export const queued = new StatusReply('QUEUED');
export const nullArray = new NullArrayReply();
export const noReply = new NoReply();
