import { Mismatch } from '../codec/codec';
import { CorruptDocumentError, MAX_PROBLEMS, ValidationError, type ValueProblem } from '../errors/codec';
import { dotted, type JsonPath, type PathSegment } from '../path/json-path';

/** Where a misfit was found: a document, and a path in it. */
interface Spot {
  readonly model: string;
  readonly key: string;
  readonly path: JsonPath;
}

/** Turns a misfit of a value that was given into the error that users see. */
export function invalid(error: unknown, { model, key, path }: Spot): unknown {
  if (!(error instanceof Mismatch)) return error;
  return new ValidationError(problemsOf(error, path), { model, key, path: pathBelow(path, error.misfits[0]?.segments ?? []).text });
}

/** What is wrong with a value at a path, for people. */
export function problemsOf({ misfits }: Mismatch, path: JsonPath): ValueProblem[] {
  const here = path.segments();
  return misfits.map(({ segments, expected, found }) => ({ field: dotted([...here, ...segments]), expected, found }));
}

/** The same for a misfit in a stored document. */
export function corrupt(error: unknown, spot: Spot & { readonly command?: string; readonly removed?: string }): unknown {
  const misfit = error instanceof Mismatch ? error.misfits[0] : undefined;
  if (misfit === undefined) return error;
  const path = pathBelow(spot.path, misfit.segments).text;
  return new CorruptDocumentError(misfit.expected, misfit.found, { ...spot, path, cause: error });
}

/** Where a misfit lies that was found below a path. */
function pathBelow(path: JsonPath, segments: readonly PathSegment[]): JsonPath {
  return segments.reduce((at, segment) => (typeof segment === 'number' ? at.element(segment) : at.member(segment)), path);
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
  // Where it lies is said of the first.
  if (first !== undefined) throw new ValidationError(problems, first);
}
