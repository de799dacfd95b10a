import type { ErrorFacts, RedatomError } from '../errors/base';
import type { RefusalFacts } from '../errors/commit';
import type { JsonPath } from '../path/json-path';

/** A precondition of a commit, as data: the name of a check of the commit script, the path that it examines and its arguments. */
export interface Check {
  readonly name: `?${'type' | 'type.late' | 'length' | 'equals' | 'range' | 'instant' | 'members' | 'missing' | 'position' | 'version'}`;
  readonly path: JsonPath;
  readonly args: readonly string[];
  /** For `length` and `position`: the least number of items. */
  readonly min?: number;
  /** Set for a position or bounds that the user names, which the local value need not satisfy. */
  readonly isNamed?: true;
  /** Makes the error when the check fails, from what was found. */
  readonly refuse: (found: string, facts: RefusalFacts) => RedatomError;
}

/** A write of a commit: a Redis command, or a write of the commit script. The arguments are those after the key. */
export interface Write {
  readonly name: string;
  readonly args: readonly string[];
}

/** What an operation changes, as far as the checks of later operations in the same commit need to know. */
export type Effect =
  | { readonly kind: 'set' | 'remove' | 'change'; readonly path: JsonPath }
  | { readonly kind: 'resize'; readonly path: JsonPath; readonly by: number | undefined; readonly shifts: boolean };

/** A default that is put at a path where an older document has nothing. */
export interface Seed {
  readonly path: JsonPath;
  /** The default as JSON text. */
  readonly text: string;
  /** Preconditions of putting it there. */
  readonly checks: readonly Check[];
  readonly write: Write;
}

/** The document that a reply is about, for errors. */
export interface NamedDocument {
  readonly model: string;
  readonly key: string;
}

/** Reads a reply; the document is needed for errors. */
type Decode = (reply: unknown, document: NamedDocument) => unknown;

/** One change of a document, as data. It can be sent at once, or wait in a queue and become part of a commit. */
export interface Operation {
  /** Name of the verb, for errors. */
  readonly verb: string;
  readonly path: JsonPath;
  /** Conditions on the list items along the path; set when the change becomes part of a commit. */
  guards?: readonly Check[];
  /** Defaults that are put first where an older document lacks them; set when the change becomes part of a commit. */
  seeds?: readonly Seed[];
  readonly checks: readonly Check[];
  readonly writes: readonly Write[];
  readonly effects: readonly Effect[];
  /** Reads the reply of the last write. */
  readonly decode: Decode;
  /** Reads the reply of the plain command, before which nothing was checked. Throws when the command may have gone too far. Default: `decode`. */
  readonly decodeDirect?: Decode | undefined;
  /**
   * The arguments of one plain command that does the same and whose reply tells everything; absent where only the commit script is safe. If it is the
   * only change of a commit, such a JSON command is not checked beforehand, either.
   */
  readonly direct?: ((key: string) => string[] | undefined) | undefined;
  /** The error for the answer with which a server refused the plain command; undefined where the answer needs no special error. */
  explain?(answer: string, facts: ErrorFacts): RedatomError | undefined;
  /**
   * The operation that undoes the plain command if `decodeDirect` found that it may have gone too far. Its answer is undefined if it undid something,
   * else what `decode` would have returned.
   */
  readonly review?: ((problem: unknown) => Operation | undefined) | undefined;
  /** Refused if there is a document, so the known version and earlier changes of a document do not matter. */
  readonly makesDocument?: true;
  /** After it, there is no document. */
  readonly endsDocument?: true;
  /** It changes only the time to live, not the document. */
  readonly setsTimeToLive?: true;
  /** The value to set, if this operation can be merged with others on the same object into one JSON.MERGE. */
  readonly mergeable?: string | undefined;
  /** How to join this operation with directly following ones of the same kind on the same path. */
  readonly join?: Join | undefined;
}

/** Operations with the same `kind` on the same path can be joined. */
export interface Join {
  readonly kind: 'sum' | 'items' | 'text' | 'value';
  readonly all: (operations: readonly Operation[]) => Operation;
}

/**
 * Sets the guards of an operation, which was made for one change. Deriving a new operation would cost ten times as much as everything else that a
 * verb does.
 */
export function withGuards(operation: Operation, guards: readonly Check[]): Operation {
  if (guards.length > 0) operation.guards = guards;
  return operation;
}

/** Adds defaults to an operation, before those that it already has. */
export function withSeeds(operation: Operation, seeds: readonly Seed[]): Operation {
  if (seeds.length > 0) operation.seeds = operation.seeds === undefined ? seeds : [...seeds, ...operation.seeds];
  return operation;
}
