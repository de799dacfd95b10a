import { anyJson } from './any-json';
import { hasMembers, isStored, Mismatch, setMember, type Codec, type DocumentShape, type Json, type JsonObject } from './codec';
import { oneLevelDown } from './depth';
import { noField } from './document';
import { forEachPart } from './problems';

/**
 * The runtime values of JSON in the stored form; models may lack members.
 *
 * @throws {@link Mismatch} names everything that is wrong or unknown.
 */
export function membersFromJson(shape: DocumentShape, json: unknown): JsonObject {
  const given = membersOf(json, `an object for ${shape.name}`).filter(([, value]) => value !== undefined);
  return withMembers(given, (value, name) => {
    const field = shape.byName.get(name);
    if (field === undefined) throw noField(shape, value);
    return valueFromJson(field.codec, value);
  });
}

function valueFromJson(codec: Codec, json: unknown): Json {
  if (json === null && codec.nullable) return null;
  const { shape, element } = codec;
  if (shape !== undefined) return oneLevelDown(json, (members) => membersFromJson(shape(), members));
  if (element !== undefined) {
    if (codec.kind === 'dict') return withMembers(membersOf(json, 'an object'), (member) => valueFromJson(element, member));
    if (!Array.isArray(json)) throw Mismatch.of('a list', json);
    return valuesOf([...json.entries()], (item) => valueFromJson(element, item));
  }
  // A value that can be nested to any depth is copied, which fails if it is too deep.
  const given = codec.nestsFreely ? anyJson.encode(json) : json;
  codec.check(given);
  return codec.decode(given as Json) as Json;
}

/** The members of an object. Models and dicts are refused, because their own members are not those of the JSON. */
function membersOf(json: unknown, expected: string): [name: string, json: unknown][] {
  if (!hasMembers(json) || isStored(json)) throw Mismatch.of(expected, json);
  return Object.entries(json);
}

function withMembers(entries: readonly [string, unknown][], valueOf: (json: unknown, name: string) => Json): JsonObject {
  const values = valuesOf(entries, valueOf);
  const out: JsonObject = {};
  entries.forEach(([name], position) => setMember(out, name, values[position] as Json));
  return out;
}

/** The converted values; if some are wrong, the error names all of them. */
function valuesOf<S extends string | number>(entries: readonly [S, unknown][], valueOf: (json: unknown, segment: S) => Json): Json[] {
  const values: Json[] = [];
  forEachPart(entries, (json, segment) => values.push(valueOf(json, segment)));
  return values;
}
