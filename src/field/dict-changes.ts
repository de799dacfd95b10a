import type { Json, JsonObject } from '../codec/codec';
import { requireMemberDepth } from '../codec/depth';
import type { Operation } from '../command/operation';
import { replaceDict, setMemberValue, survivesMerge } from '../command/operations/dicts';
import type { CallOptions } from '../input/call-options';
import type { JsonPath } from '../path/json-path';
import { changeHere, changeStored } from './changes';
import type { DictState } from './dict-state';

/** Refuses a name that no member can have. */
export function requireName(state: DictState, name: string): string {
  if (typeof name === 'string' && name.isWellFormed()) return name;
  throw state.misfit(String(name), 'a name of well-formed Unicode', name);
}

/** Only what fits a member can be added to it. */
export function requireAddend(state: DictState, name: string, n: number): number {
  const { element } = state;
  if (element.kind !== 'integer' && element.kind !== 'float') throw state.misfit(name, `${element.name}, to which nothing can be added`, n);
  const by = state.encode(element, n, name);
  if (by === null) throw state.misfit(name, 'a number to add', n);
  return by as number;
}

function encodeMembers(state: DictState, members: object): JsonObject {
  try {
    const stored = state.codec.encode(members) as JsonObject;
    for (const name of Object.keys(stored)) {
      const member = stored[name] as Json;
      requireMemberDepth({ name, codec: state.element }, member, state.path);
      if (!state.path.member(name).addressable && !survivesMerge(member)) throw unaddressable(state, name);
    }
    return stored;
  } catch (error) {
    throw state.inHere(error);
  }
}

/** Returns the path of a member. Refuses a name that no path can carry, for changes that JSON.MERGE cannot make. */
export function requireAddressable(state: DictState, name: string): JsonPath {
  const path = state.path.member(name);
  if (path.addressable) return path;
  throw unaddressable(state, name);
}

/** RedisJSON reaches such a name only through JSON.MERGE, which drops members that are null and merges objects. */
function unaddressable(state: DictState, name: string): unknown {
  const expected =
    'another name: one with a backslash, both kinds of quote or a leading blank can neither hold null nor be tested by RedisJSON';
  return state.misfit(name, expected, name);
}

function setOperations(state: DictState, verb: string, stored: JsonObject): Operation[] {
  return Object.keys(stored).map((name) => setMemberValue(verb, state.path, { name, value: stored[name] as Json }));
}

export function updateHere(state: DictState, verb: string, members: object): void {
  const stored = encodeMembers(state, members);
  changeHere(state, setOperations(state, verb, stored), () => {
    putAll(state, stored);
  });
}

export function assignHere(state: DictState, verb: string, members: object): void {
  const stored = encodeMembers(state, members);
  changeHere(state, [replaceDict(verb, state.path, stored)], () => {
    state.reset(stored);
  });
}

/** Members to set, and the verb that the user called. */
interface Update {
  readonly verb: string;
  readonly members: object;
}

export function updateStored(state: DictState, { verb, members }: Update, options: CallOptions | undefined): Promise<void> {
  const stored = encodeMembers(state, members);
  const operations = setOperations(state, verb, stored);
  const apply = (): void => {
    putAll(state, stored);
  };
  return changeStored(state, { operations, apply, result: () => undefined }, options);
}

function putAll(state: DictState, stored: JsonObject): void {
  for (const name of Object.keys(stored)) state.put(name, stored[name] as Json);
}
