import { setMember, type Json, type JsonObject } from '../../codec/codec';
import type { JsonPath } from '../../path/json-path';
import { hasMember, orSeeded, typeIs } from '../checks';
import type { Check, Operation, Write } from '../operation';
import { AddToNumber, type NumberMove, type NumberTarget } from './numbers';
import { replaceValue, seedWrite, setValue } from './values';

interface Member {
  readonly name: string;
  readonly value: Json;
}

function patchOf(name: string, value: Json): string {
  const patch: JsonObject = {};
  setMember(patch, name, value);
  return JSON.stringify(patch);
}

/** RFC 7396 drops members that are null, at any depth of objects. */
export function survivesMerge(value: Json): boolean {
  if (value === null) return false;
  if (typeof value !== 'object' || Array.isArray(value)) return true;
  return Object.values(value).every(survivesMerge);
}

/**
 * Sets one member. If no path can address the name, JSON.MERGE is used, which the value must survive. JSON.MERGE replaces anything else by an object,
 * so the type is checked first.
 */
export function setMemberValue(verb: string, dict: JsonPath, { name, value }: Member): Operation {
  const path = dict.member(name);
  if (path.addressable) return setValue(verb, path, value);
  const patch = patchOf(name, value);
  const clears = typeof value === 'object' ? [{ name: 'JSON.MERGE', args: [dict.sent, patchOf(name, null)] }] : [];
  return {
    verb,
    path,
    checks: [typeIs(dict, 'object')],
    writes: [...clears, { name: 'JSON.MERGE', args: [dict.sent, patch] }],
    effects: [{ kind: 'set', path }],
    decode: () => true,
  };
}

/** Removes one member; resolves to whether it was there. */
export function deleteMember(verb: string, dict: JsonPath, name: string): Operation {
  const path = dict.member(name);
  const write = path.addressable ? { name: 'JSON.DEL', args: [path.sent] } : { name: 'dict.pull', args: [dict.sent, patchOf(name, null)] };
  return {
    verb,
    path,
    checks: [typeIs(dict, 'object')],
    writes: [write],
    effects: [{ kind: 'remove', path }],
    decode: (reply) => (path.addressable ? reply === 1 : memberIn(reply, name) !== undefined),
  };
}

function memberIn(whole: unknown, name: string): Json | undefined {
  const members = JSON.parse(whole as string) as JsonObject;
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

function textIn(whole: unknown, name: string): string | undefined {
  const member = memberIn(whole, name);
  return member === undefined ? undefined : JSON.stringify(member);
}

/** Removes one member; resolves to its JSON text, or undefined if it was not there. */
export function popMember(verb: string, dict: JsonPath, name: string): Operation {
  const operation = deleteMember(verb, dict, name);
  if (!operation.path.addressable) return { ...operation, decode: (reply) => textIn(reply, name) };
  return {
    ...operation,
    writes: [{ name: 'dict.pop', args: [operation.path.sent] }],
    decode: (reply) => (reply === '' ? undefined : reply),
  };
}

/** Removes one member, chosen by the server, of a dict that must not be empty; resolves to `[name, JSON text]`. */
export function popAnyMember(verb: string, dict: JsonPath): Operation {
  return {
    verb,
    path: dict,
    checks: [hasMember(dict)],
    writes: [{ name: 'dict.popItem', args: [dict.sent] }],
    effects: [{ kind: 'change', path: dict }],
    decode: (reply) => {
      const [name, text, isWhole] = reply as [string, string, 1?];
      return [name, isWhole === undefined ? text : textIn(text, name)];
    },
  };
}

/** Sets one member unless it is there; resolves to the stored value after that. The name must be addressable. */
export function setMemberDefault(verb: string, dict: JsonPath, { name, value }: Member): Operation {
  const path = dict.member(name);
  return {
    verb,
    path,
    checks: [typeIs(dict, 'object')],
    writes: [{ name: 'dict.setDefault', args: [path.sent, JSON.stringify(value)] }],
    effects: [{ kind: 'change', path }],
    decode: (reply) => JSON.parse(reply as string) as Json,
  };
}

const ZERO = '0';

class AddToMember extends AddToNumber {
  override of(move: NumberMove, steps?: readonly number[]): Operation {
    return new AddToMember(this.target, move, steps);
  }

  override get checks(): Check[] {
    return [typeIs(this.path.parent as JsonPath, 'object'), ...super.checks.map((check) => orSeeded(check, ZERO))];
  }

  override get writes(): Write[] {
    return [seedWrite(this.path, ZERO), ...super.writes];
  }

  /** The plain command cannot add to a member that is not there. */
  override direct(): undefined {
    return undefined;
  }
}

/** Adds to one member; a missing member counts as 0. The name must be addressable. */
export function addToMember(target: NumberTarget, move: NumberMove): Operation {
  return new AddToMember(target, move);
}

/** Replaces all members. */
export function replaceDict(verb: string, path: JsonPath, members: JsonObject): Operation {
  return replaceValue(verb, path, { value: members, check: typeIs(path, 'object') });
}
