import type { Script } from '../lua/script';
import type { Argument } from './commands/recorded-command';
import type { Origin } from './purpose';

/** The origin of a request, and the callbacks that hear of its outcome. */
interface Sent extends Origin {
  /** Called with the error before the caller receives it. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
  /** Called with an answer that arrives after the request was given up: its effect may have to be undone. */
  readonly onLateAnswer?: ((reply: unknown) => void) | undefined;
}

/** One request to a server. */
export interface Request extends Sent {
  readonly args: readonly string[];
  /** The first key, by which a cluster routes; undefined when the command has none. */
  readonly key: string | undefined;
  /** The command changes something, so its outcome matters when the reply is lost. */
  readonly write: boolean;
}

/** A script call: the keys it names and its other arguments. */
export interface ScriptCall extends Sent {
  readonly script: Script;
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
  /** Whether its outcome matters when the reply is lost. False for reads, even if they prolong a time to live. Default true. */
  readonly write?: false | undefined;
}

/** A document to read. */
export interface DocumentRead extends Origin {
  readonly key: string;
}

/** Keys to look for. */
export interface KeyScan extends Origin {
  readonly pattern: string;
  /** About how many keys arrive at a time. */
  readonly count: number;
}
