import type { CodecKind, JsonObject } from '../codec/codec';
import { schemaOf } from '../schema/compile';
import type { ModelClass } from '../schema/model-schema';
import type { BoundScalar } from './bound-scalar';
import type { Bind } from './container';
import { instanceFor } from './model-instance';
import { ModelState, type BindScalar } from './model-state';
import { bindDict } from './redis-dict';
import { bindList } from './redis-list';
import { RedisFloat, RedisInt } from './redis-number';
import { RedisBytes, RedisDatetime, RedisStr, RedisValue } from './redis-scalars';

type ScalarClass = new (...place: ConstructorParameters<typeof BoundScalar>) => object;

const SCALARS: Partial<Record<CodecKind, ScalarClass>> = {
  text: RedisStr,
  integer: RedisInt,
  float: RedisFloat,
  bytes: RedisBytes,
  instant: RedisDatetime,
};

/** The bound value of a scalar field. */
export const bindScalar: BindScalar = (state, field) => new (SCALARS[field.codec.kind] ?? RedisValue)(state, field);

/** The container of a list, a dict or a nested model. */
export const bind: Bind = (codec, stored, placement) => {
  if (codec.kind === 'list') return bindList(codec, stored, placement);
  if (codec.kind === 'dict') return bindDict(codec, stored, placement);
  const schema = schemaOf(codec.model as ModelClass);
  const container = new ModelState(schema, stored as JsonObject, { placement, bindScalar });
  return { container, value: instanceFor(container) };
};
