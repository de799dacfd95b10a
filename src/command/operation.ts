import type { ErrorFacts, RedatomError } from '../errors/base';
import type { RefusalFacts } from '../errors/commit';
import type { JsonPath } from '../path/json-path';

/** A precondition of a commit, as data: the name of a check of the commit script, where it looks and what it is given. */
export interface Check {
  readonly name: `?${'type' | 'type.late' | 'length' | 'equals' | 'range' | 'instant' | 'members' | 'missing' | 'position' | 'version'}`;
  readonly path: JsonPath;
  readonly args: readonly string[];
  /** For `length` and `position`: how many items there must be. */
  readonly min?: number;
  /** It is about a position or bounds that the user names, and that what is here need not have. */
  readonly isNamed?: true;
  /** The error when the check does not hold, from what was found. */
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
  /** It as JSON text. */
  readonly text: string;
  /** What must hold so that it can be put there. */
  readonly checks: readonly Check[];
  readonly write: Write;
}

/** The document that a reply is about, for errors. */
export interface NamedDocument {
  readonly model: string;
  readonly key: string;
}

/** Examines a reply; the document is named when it has to complain. */
type Decode = (reply: unknown, document: NamedDocument) => unknown;

/** One change of a document, as data. It can be sent at once, or wait in a queue and become part of a commit. */
export interface Operation {
  /** Name of the verb, for errors. */
  readonly verb: string;
  readonly path: JsonPath;
  /** What must hold of the items of lists on the way to the path; known when the change becomes part of a commit. */
  guards?: readonly Check[];
  /** What is put first where an older document lacks it; known when the change becomes part of a commit. */
  seeds?: readonly Seed[];
  readonly checks: readonly Check[];
  readonly writes: readonly Write[];
  readonly effects: readonly Effect[];
  /** Reads the reply of the last write. */
  readonly decode: Decode;
  /** Reads the reply of the plain command, before which nothing was checked: throws when it may have gone too far. Default: `decode`. */
  readonly decodeDirect?: Decode | undefined;
  /**
   * The arguments of one plain command that does the same and whose reply tells everything; absent where only the commit script is safe. Alone in a commit, a
   * JSON command of this kind is not checked before, either.
   */
  readonly direct?: ((key: string) => string[] | undefined) | undefined;
  /** What the answer means with which a server refused the plain command; undefined where that says nothing of its own about the verb. */
  explain?(answer: string, facts: ErrorFacts): RedatomError | undefined;
  /**
   * Where `decodeDirect` found that the plain command may have gone too far: what takes it back if it has. That answers undefined then, else what `decode` would
   * have answered.
   */
  readonly review?: ((problem: unknown) => Operation | undefined) | undefined;
  /** Refused where there is a document, so what is known of one says nothing: neither its version, nor changes of it before. */
  readonly makesDocument?: true;
  /** Afterwards there is no document. */
  readonly endsDocument?: true;
  /** It decides how long the document lives, and changes nothing in it. */
  readonly setsTimeToLive?: true;
  /** The value set, when this operation may join others of the same object in one JSON.MERGE. */
  readonly mergeable?: string | undefined;
  /** How this operation becomes one with others of the same kind on the same path, when they follow one another. */
  readonly join?: Join | undefined;
}

/** Operations with the same `kind` on the same path can become one. */
export interface Join {
  readonly kind: 'sum' | 'items' | 'text' | 'value';
  readonly all: (operations: readonly Operation[]) => Operation;
}

/** Gives an operation that was made for one change its guards. To derive another from it costs ten times as much as all else that a verb does. */
export function withGuards(operation: Operation, guards: readonly Check[]): Operation {
  if (guards.length > 0) operation.guards = guards;
  return operation;
}

/** Puts defaults before an operation, and before those that it has. */
export function withSeeds(operation: Operation, seeds: readonly Seed[]): Operation {
  if (seeds.length > 0) operation.seeds = operation.seeds === undefined ? seeds : [...seeds, ...operation.seeds];
  return operation;
}
