/** An argument as it goes over the wire. */
export type Argument = string | Buffer;

/** Version of the protocol that a connection speaks. */
export type Protocol = 2 | 3;

/** One command as data: what to send, where its keys are, and how to read its reply. */
export interface RecordedCommand {
  readonly args: readonly Argument[];
  /** Positions of the keys in `args`. */
  readonly keyAt: readonly number[];
  /** False where the command is unknown and the positions are guessed. Default true. */
  readonly areKeysKnown?: boolean;
  /** The argument by which a cluster routes: the first key, or a shard channel. */
  readonly routingKey: Argument | undefined;
  /** The command changes something, so its outcome matters when the reply is lost. */
  readonly write: boolean;
  decode(reply: unknown, protocol: Protocol): unknown;
  /** Called with the connection each time the command is sent. */
  readonly onSending?: ((connection: object) => void) | undefined;
  /** Called when the command failed. */
  onFailure?(error: unknown): void;
  /** Called when the command is removed from its list. */
  onRemoval?(): void;
}

/** The form in which node-redis writes nearly all names. */
const PLAIN_NAME = /^[A-Z.]+$/;

/** Name of a command in capitals, as the server knows it. */
export function nameOf({ args: [first] }: Pick<RecordedCommand, 'args'>): string {
  // Converting a name that is already in capitals takes as long as the rest of recording a command.
  return typeof first === 'string' && PLAIN_NAME.test(first) ? first : String(first).trim().toUpperCase();
}

/** The names in a text, separated by blanks. */
export function namesIn(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

export function keysOf({ args, keyAt }: RecordedCommand): Argument[] {
  return keyAt.map((position) => args[position] as Argument);
}

/** The arguments by which a cluster places a command: its keys, or a shard channel. */
export function routingKeysOf(command: RecordedCommand): Argument[] {
  const { keyAt, routingKey } = command;
  return keyAt.length === 0 && routingKey !== undefined ? [routingKey] : keysOf(command);
}
