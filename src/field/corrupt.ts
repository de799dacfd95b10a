import { Mismatch } from '../codec/codec';
import { CorruptDocumentError } from '../errors/codec';
import type { JsonPath, PathSegment } from '../path/json-path';

/** Turns a misfit in a stored document into the error that users see. */
export function corrupt(error: unknown, place: { model: string; key: string; path: JsonPath; removed?: string }): unknown {
  const misfit = error instanceof Mismatch ? error.misfits[0] : undefined;
  if (misfit === undefined) return error;
  const path = pathBelow(place.path, misfit.segments).text;
  return new CorruptDocumentError(misfit.expected, misfit.found, { ...place, path, cause: error });
}

/** Where a misfit lies that was found below a path. */
export function pathBelow(path: JsonPath, segments: readonly PathSegment[]): JsonPath {
  return segments.reduce((at, segment) => (typeof segment === 'number' ? at.element(segment) : at.member(segment)), path);
}
