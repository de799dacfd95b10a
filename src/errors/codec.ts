import { RedatomError, type ErrorFacts } from './base';

/** One value that does not fit its declared type. */
export interface ValueProblem {
  /** Path of the value, such as `address.city` or `tags[2]`. */
  readonly field: string;
  /** What the declaration asks for. */
  readonly expected: string;
  /** What was given, shortened. */
  readonly found: string;
}

/** Longer messages nobody reads; of a body of a request that fits nowhere, it would be many times as long as the body. */
const PROBLEMS_IN_WORDS = 50;

/** So many are looked for: the half million that a body of one megabyte may hold would take seconds, and an answer many times as long. */
export const MAX_PROBLEMS = 1_000;

/**
 * A value does not fit its field. Nothing was queued or sent, and the local value is unchanged.
 *
 * `problems` lists everything that is wrong, such as all missing required fields, but no more than 1,000. The message has the first 50.
 */
export class ValidationError extends RedatomError {
  override readonly code = 'VALIDATION';

  readonly problems: readonly ValueProblem[];

  constructor(problems: readonly ValueProblem[], facts: ErrorFacts = {}) {
    const first = problems.slice(0, MAX_PROBLEMS);
    super(`${facts.model ?? 'value'}: ${inWords(first)}`, facts);
    this.problems = first;
  }
}

function inWords(problems: readonly ValueProblem[]): string {
  const more = problems.length - PROBLEMS_IN_WORDS;
  const shown = problems.slice(0, PROBLEMS_IN_WORDS).map(sentence).join('; ');
  return more > 0 ? `${shown}; and ${more} more, see problems` : shown;
}

/** The value as a whole has no path. */
function sentence({ field, expected, found }: ValueProblem): string {
  return `${field === '' ? '' : `${field} `}expects ${expected}, found ${found}`;
}

/** Where a stored value does not fit, and what became of it. */
interface CorruptFacts extends ErrorFacts {
  readonly model: string;
  readonly key: string;
  readonly path: string;
  readonly removed?: string | undefined;
}

/**
 * A stored document cannot be read as its model: another writer stored something else, or the class has changed.
 *
 * `problems` lists all fields that cannot be read, but no more than 1,000; `path`, `expected` and `found` are those of the first.
 */
export class CorruptDocumentError extends RedatomError {
  override readonly code = 'CORRUPT_DOCUMENT';
  declare readonly model: string;
  declare readonly key: string;
  declare readonly path: string;
  readonly expected: string;
  readonly found: string;
  readonly problems: readonly ValueProblem[];
  /** The JSON text of what a verb removed from Redis but could not read; it exists nowhere else any more. */
  declare readonly removed: string | undefined;

  constructor(problems: readonly ValueProblem[], facts: CorruptFacts) {
    const { model, key, path, removed } = facts;
    const listed = problems.slice(0, MAX_PROBLEMS);
    const [{ expected, found }] = listed as [ValueProblem];
    const more = listed.length > 1 ? `; ${listed.length - 1} more, see problems` : '';
    const loss = removed === undefined ? '' : `; it was removed: ${removed}`;
    super(`${model} ${JSON.stringify(key)}: the stored value at ${path} should be ${expected}, found ${found}${more}${loss}`, facts);
    this.expected = expected;
    this.found = found;
    this.problems = listed;
    if (removed !== undefined) Object.assign(this, { removed });
  }
}
