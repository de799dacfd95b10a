import { MAX_PROBLEMS } from '../errors/codec';
import type { PathSegment } from '../path/json-path';
import { Mismatch, type Misfit } from './codec';
import { NestedTooDeep } from './depth';

/** Keeps what is wrong with a part of a value until the others have been looked at, or there is enough of it. */
export function noteProblem(problems: Misfit[], error: unknown, segment: PathSegment): void {
  if (!(error instanceof Mismatch)) throw error;
  if (error instanceof NestedTooDeep) throw error.below(segment);
  problems.push(...error.below(segment).misfits);
  if (problems.length >= MAX_PROBLEMS) throwAll(problems);
}

export function throwAll(problems: Misfit[]): void {
  if (problems.length > 0) throw new Mismatch(problems);
}

/**
 * Does something with each part of a value.
 *
 * @throws {@link Mismatch} says what is wrong with all of them.
 */
export function forEachPart<S extends PathSegment, T>(parts: Iterable<readonly [S, T]>, work: (part: T, segment: S) => void): void {
  const problems: Misfit[] = [];
  for (const [segment, part] of parts) {
    try {
      work(part, segment);
    } catch (error) {
      noteProblem(problems, error, segment);
    }
  }
  throwAll(problems);
}
