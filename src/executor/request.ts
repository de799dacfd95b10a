import type { Script } from '../lua/script';
import type { Argument } from './commands/recorded-command';
import type { Origin } from './purpose';

/** Whose request it is, and who is told of it besides the caller. */
interface Sent extends Origin {
  /** Told why the request failed, before the caller is. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  /** Gets an answer that came after the request was given up: what it did may have to be taken back. */
  readonly onLateAnswer?: ((reply: unknown) => void) | undefined;
}

/** One request to a server. */
export interface Request extends Sent {
  readonly args: readonly string[];
  /** The first key, by which a cluster routes; undefined when the command has none. */
  readonly key: string | undefined;
  /** The command changes something: its outcome matters when the reply is lost. */
  readonly write: boolean;
}

/** A script call: the keys it names and its other arguments. */
export interface ScriptCall extends Sent {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
  /** Whether its outcome matters when the reply is lost, as that of a read does not, though it may prolong a time to live. Default true. */
  readonly write?: false | undefined;
}

/** A document to read. */
export interface DocumentRead extends Origin {
  readonly key: string;
}

/** Keys to look for. */
export interface KeyScan extends Origin {
  readonly pattern: string;
  /** About how many come at a time. */
  readonly count: number;
}
