import type { BoundKind, CodecKind, DocumentField, JsonObject } from '../codec/codec';
import { nestedSchema, type ModelSchema } from '../schema/model-schema';
import type { BoundScalar } from './bound-scalar';
import type { FieldServices } from './container';
import { instanceFor } from './model-instance';
import { ModelState } from './model-state';
import { bindDict } from './redis-dict';
import { bindList } from './redis-list';
import { RedisFloat, RedisInt } from './redis-number';
import { RedisBytes, RedisDatetime, RedisStr, RedisValue } from './redis-scalars';

type ScalarClass = new (...place: ConstructorParameters<typeof BoundScalar>) => object;

const SCALARS: Record<BoundKind, ScalarClass> & Partial<Record<CodecKind, ScalarClass>> = {
  text: RedisStr,
  integer: RedisInt,
  float: RedisFloat,
  bytes: RedisBytes,
  instant: RedisDatetime,
};

/** The bound value of a scalar field. */
export const bindScalar = (state: ModelState, field: DocumentField): object => new (SCALARS[field.codec.kind] ?? RedisValue)(state, field);

/** The container of a list, a dict or a nested model. */
export const bind: FieldServices['bind'] = (codec, stored, placement) => {
  if (codec.kind === 'list') return bindList(codec, stored, placement);
  if (codec.kind === 'dict') return bindDict(codec, stored, placement);
  return instanceFor(new ModelState(nestedSchema(codec) as ModelSchema, stored as JsonObject, placement));
};
