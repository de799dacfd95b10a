import { Mismatch } from '../codec/codec';
import { CorruptDocumentError, MAX_PROBLEMS, ValidationError, type ValueProblem } from '../errors/codec';
import { dotted, type JsonPath } from '../path/json-path';

/** Where a misfit was found: a document, and a path in it. */
interface Spot {
  readonly model: string;
  readonly key: string;
  readonly path: JsonPath;
}

/** Turns a misfit of a value that was given into the error that users see. */
export function invalid(error: unknown, { model, key, path }: Spot): unknown {
  if (!(error instanceof Mismatch)) return error;
  return new ValidationError(problemsOf(error, path), { model, key, path: pathOfFirst(error, path) });
}

/** What is wrong with a value at a path, for people. */
export function problemsOf({ misfits }: Mismatch, path: JsonPath): ValueProblem[] {
  const here = path.segments();
  return misfits.map(({ segments, expected, found }) => ({ field: dotted([...here, ...segments]), expected, found }));
}

/** The same for a misfit in a stored document. */
export function corrupt(error: unknown, spot: Spot & { readonly command?: string; readonly removed?: string }): unknown {
  if (!(error instanceof Mismatch)) return error;
  return new CorruptDocumentError(problemsOf(error, spot.path), { ...spot, path: pathOfFirst(error, spot.path), cause: error });
}

/** Where the first misfit lies that was found at or below a path. */
function pathOfFirst({ misfits }: Mismatch, path: JsonPath): string {
  const segments = misfits[0]?.segments ?? [];
  return segments.reduce((at, segment) => (typeof segment === 'number' ? at.element(segment) : at.member(segment)), path).text;
}

/**
 * Does something for each of several values.
 *
 * @throws {@link ValidationError} lists what is wrong with all of them, as far as anybody reads it.
 */
export function refuseTogether<T>(values: Iterable<T>, work: (value: T) => void): void {
  const problems: ValueProblem[] = [];
  let first: ValidationError | undefined;
  for (const value of values) {
    if (problems.length >= MAX_PROBLEMS) break;
    try {
      work(value);
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      first ??= error;
      problems.push(...error.problems);
    }
  }
  // The path is that of the first problem.
  if (first !== undefined) throw new ValidationError(problems, first);
}
