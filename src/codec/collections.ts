import { isMap } from 'node:util/types';
import {
  decodeBelow,
  defineCodec,
  isPlainObject,
  isStored,
  Mismatch,
  plainOf,
  setMember,
  takeStored,
  type Codec,
  type Json,
  type JsonObject,
  type Misfit,
} from './codec';
import { dictFits, listFits } from './compile-fits';
import { forEachPart, noteProblem, throwAll } from './problems';
import { isStoredAsItIs, quickCheckOf } from './quick-check';
import { isText } from './scalars';

/** An array whose elements all have one type. */
export function list(element: Codec): Codec {
  const quickCheck = quickCheckOf(element);
  const fits = listFits(element);
  const check = (json: unknown): void => {
    if (fits(json)) return;
    if (!Array.isArray(json)) throw Mismatch.of('a list', json);
    forEachPart(json.entries(), (item) => element.check(item));
  };
  return defineCodec({
    kind: 'list',
    name: `list(${element.name})`,
    element,
    fits,
    check,
    encode: (value) => {
      if (!Array.isArray(value)) throw Mismatch.of('a list', value);
      const out = copyOfItems(value);
      const problems: Misfit[] = [];
      for (let index = 0; index < out.length; index += 1) {
        const item: unknown = out[index];
        if (isStoredAsItIs(quickCheck, item)) continue;
        try {
          out[index] = element.encode(item);
        } catch (error) {
          noteProblem(problems, error, index);
        }
      }
      throwAll(problems);
      return out as Json[];
    },
    decode: (json) => (json as Json[]).map((item, index) => decodeBelow(element, index, item)),
  });
}

/** An object whose names are data and whose values all have one type. */
export function dict(value: Codec): Codec {
  const quickCheck = quickCheckOf(value);
  const fits = dictFits(value);
  const check = (json: unknown): void => {
    if (fits(json)) return;
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw Mismatch.of('an object', json);
    forEachPart(Object.entries(json), (member) => value.check(member));
  };
  return defineCodec({
    kind: 'dict',
    name: `dict(${value.name})`,
    element: value,
    fits,
    check,
    encode: (input) => {
      if (isStored(input)) return takeStored(input, check);
      const out = membersOf(input);
      const problems: Misfit[] = [];
      for (const name in out) {
        if (!isText(name)) throw Mismatch.of('names of well-formed Unicode', name);
        const item = out[name];
        if (isStoredAsItIs(quickCheck, item) || !Object.hasOwn(out, name)) continue;
        try {
          const stored = value.encode(item);
          if (stored !== item) setMember(out, name, stored);
        } catch (error) {
          noteProblem(problems, error, name);
        }
      }
      throwAll(problems);
      return out;
    },
    decode: (json) => {
      const out: JsonObject = {};
      for (const name of Object.keys(json as JsonObject))
        setMember(out, name, decodeBelow(value, name, (json as JsonObject)[name] as Json) as Json);
      return out;
    },
  });
}

/**
 * Copies an array to a plain one without holes, which would make it slower to stringify. Slicing or spreading an array of a subclass, such as that of
 * a bound list, takes ten times as long as a loop.
 */
export function copyOfItems(items: readonly unknown[]): unknown[] {
  if (Object.getPrototypeOf(items) === Array.prototype) return items.slice();
  const copy: unknown[] = [];
  for (let index = 0; index < items.length; index += 1) copy.push(items[index]);
  return copy;
}

/** A copy of the members, which will be replaced by their stored forms. */
function membersOf(input: unknown): JsonObject {
  if (isMap(input)) {
    for (const name of input.keys()) if (!isText(name)) throw Mismatch.of('names of well-formed Unicode', name);
    return Object.fromEntries(input as Map<string, Json>);
  }
  if (!isPlainObject(input)) throw Mismatch.of('a plain object or a Map', input);
  return { ...input };
}

/** The same type, or null. `undefined` becomes null, because it is never stored. */
export function nullable(inner: Codec): Codec {
  return defineCodec({
    ...inner,
    name: `nullable(${inner.name})`,
    nullable: true,
    encode: (value) => {
      const plain = plainOf(value);
      return plain === null || plain === undefined ? null : inner.encode(plain);
    },
    fits: (json) => json === null || inner.fits(json),
    check: (json) => {
      if (json !== null) inner.check(json);
    },
    decode: (json) => (json === null ? null : inner.decode(json)),
  });
}
