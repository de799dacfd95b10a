import { MAX_PROBLEMS } from '../errors/codec';
import type { PathSegment } from '../path/json-path';
import { Mismatch, type Misfit } from './codec';
import { NestedTooDeep } from './depth';

/** Collects a problem with one part of a value until the other parts have been checked, or there are enough problems. */
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
 * Does work for each part of a value.
 *
 * @throws {@link Mismatch} names the problems of all parts.
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
