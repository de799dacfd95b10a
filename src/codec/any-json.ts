import { defineCodec, isPlainObject, isStored, Mismatch, rethrowBelow, setMember, STORED, type Json, type JsonObject } from './codec';
import { MAX_DEPTH, NestedTooDeep } from './depth';
import { isText } from './scalars';

/** Copies a value to JSON; refuses what JSON would drop or distort, such as functions, NaN and cycles. */
function toJson(value: unknown, depth: number): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (isText(value)) return value;
    throw Mismatch.of('text (well-formed Unicode)', value);
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw Mismatch.of('a finite number', value);
  }
  if (typeof value !== 'object') throw Mismatch.of('a JSON value', value);
  // Copied, because the values of models keep changing.
  if (isStored(value)) return toJson(value[STORED](), depth);
  if (depth > MAX_DEPTH) throw new NestedTooDeep(value);
  return Array.isArray(value) ? toJsonList(value, depth) : toJsonObject(value, depth);
}

function toJsonList(value: unknown[], depth: number): Json[] {
  return Array.from(value, (item, index) => {
    try {
      return toJson(item, depth + 1);
    } catch (error) {
      return rethrowBelow(error, index);
    }
  });
}

function toJsonObject(value: object, depth: number): JsonObject {
  if (!isPlainObject(value)) throw Mismatch.of('a plain JSON value', value);
  const out: JsonObject = {};
  for (const [name, item] of Object.entries(value)) {
    if (item === undefined) continue;
    try {
      if (!isText(name)) throw Mismatch.of('names of well-formed Unicode', name);
      setMember(out, name, toJson(item, depth + 1));
    } catch (error) {
      rethrowBelow(error, name);
    }
  }
  return out;
}

function frozenCopy(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return Object.freeze(json.map(frozenCopy)) as Json[];
  const out: JsonObject = {};
  for (const name of Object.keys(json)) setMember(out, name, frozenCopy(json[name] as Json));
  return Object.freeze(out);
}

/** Any JSON value, kept as it is. Read as a frozen copy, because a change inside it would go unnoticed. */
export const anyJson = defineCodec({
  kind: 'value',
  name: 'json',
  nullable: true,
  nestsFreely: true,
  encode: (value) => toJson(value, 0),
  check: (json) => {
    if (json === undefined) throw Mismatch.of('a JSON value', json);
  },
  decode: frozenCopy,
});
