/** An argument as it goes over the wire. */
export type Argument = string | Buffer;

/** Version of the protocol that a connection speaks. */
export type Protocol = 2 | 3;

/** One command as data: what to send, where its keys are, and how to read its reply. */
export interface RecordedCommand {
  readonly args: readonly Argument[];
  /** Positions of the keys in `args`. */
  readonly keyAt: readonly number[];
  /** False where those positions are the usual ones, because nobody knows the command. Default true. */
  readonly areKeysKnown?: boolean;
  /** By what a cluster routes: the first key, or a shard channel. */
  readonly routingKey: Argument | undefined;
  /** It changes something: its outcome matters when the reply is lost. */
  readonly write: boolean;
  decode(reply: unknown, protocol: Protocol): unknown;
  /** Hears over which connection it is sent, each time that it is. */
  readonly onSending?: ((connection: object) => void) | undefined;
  /** Hears that it failed. */
  onFailure?(error: unknown): void;
  /** Hears that it was taken out of its list. */
  onRemoval?(): void;
}

/** How node-redis writes nearly all names. */
const PLAIN_NAME = /^[A-Z.]+$/;

/** Name of a command in capitals, as the server knows it. */
export function nameOf({ args: [first] }: Pick<RecordedCommand, 'args'>): string {
  // To make capitals of capitals takes as long as the rest of recording a command.
  return typeof first === 'string' && PLAIN_NAME.test(first) ? first : String(first).trim().toUpperCase();
}

/** Names as they stand in a text, with blanks between them. */
export function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

export function keysOf({ args, keyAt }: RecordedCommand): Argument[] {
  return keyAt.map((position) => args[position] as Argument);
}

/** By what a cluster places a command: its keys, or a shard channel. */
export function routingKeysOf(command: RecordedCommand): Argument[] {
  const { keyAt, routingKey } = command;
  return keyAt.length === 0 && routingKey !== undefined ? [routingKey] : keysOf(command);
}
