import { oncePer } from '../memo/once-per';
import type { JsonPath, PathSegment } from '../path/json-path';
import { Mismatch, rethrowBelow, type Codec, type Json } from './codec';
import { describe } from '../input/describe';

/** RedisJSON refuses text that is nested deeper, even in the middle of a commit. */
export const MAX_DEPTH = 127;

/** Ends the encoding of a value at once: in a value that contains itself, the search for further problems would never end. */
export class NestedTooDeep extends Mismatch {
  constructor(found: unknown) {
    super([{ segments: [], expected: `a value nested at most ${MAX_DEPTH} deep with its place, without cycles`, found: describe(found) }]);
  }

  /** Keeps only the outermost segment, because so long a path says nothing more. */
  override below(segment: PathSegment): this {
    for (const { segments } of this.misfits) segments.splice(0, segments.length, segment);
    return this;
  }
}

let level = 0;

/** Encodes one level of nested models. */
export function oneLevelDown(value: unknown, encode: (value: unknown) => Json): Json {
  if (level === MAX_DEPTH) throw new NestedTooDeep(value);
  level += 1;
  try {
    return encode(value);
  } finally {
    level -= 1;
  }
}

/** Refuses a value that would be nested too deeply in the object or list at this path. */
export function requireDepth(codec: Codec, stored: Json, around: JsonPath): void {
  if (typeof stored !== 'object' || stored === null || !nestsFreely(codec)) return;
  const levelsAround = around.segments().length + 1;
  if (levelsAround + depthOf(stored) > MAX_DEPTH) throw new NestedTooDeep(stored);
}

/** The same for a member, whose name is added to the error. */
export function requireMemberDepth({ name, codec }: { name: string; codec: Codec }, stored: Json, around: JsonPath): void {
  try {
    requireDepth(codec, stored, around);
  } catch (error) {
    rethrowBelow(error, name);
  }
}

/** Whether values can be nested to any depth: JSON values, and models that contain their own class. */
export const nestsFreely = oncePer((codec: Codec): boolean => isOpenEnded(codec, []));

function isOpenEnded(codec: Codec, around: readonly object[]): boolean {
  if (codec.element !== undefined) return isOpenEnded(codec.element, around);
  if (codec.shape === undefined) return codec.nestsFreely;
  const shape = codec.shape();
  return around.includes(shape) || shape.fields.some((field) => isOpenEnded(field.codec, [...around, shape]));
}

function depthOf(json: Json): number {
  if (typeof json !== 'object' || json === null) return 0;
  let deepest = 0;
  for (const item of Object.values(json)) deepest = Math.max(deepest, depthOf(item));
  return deepest + 1;
}
