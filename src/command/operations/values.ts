import type { Json } from '../../codec/codec';
import type { ErrorFacts } from '../../errors/base';
import { KeyExistsError, KeyNotFoundError } from '../../errors/document';
import { JsonPath } from '../../path/json-path';
import { asNamed, documentExists, documentIsNew, positionExists, typeIs } from '../checks';
import type { Check, Effect, Join, Operation, Seed, Write } from '../operation';

/** Preconditions of putting a value at a path: its parent exists, and an index is in range. */
function placeExists(path: JsonPath): Check[] {
  const { parent, segment } = path;
  if (parent === undefined) return [];
  if (typeof segment === 'number') return [positionExists(parent, segment)];
  return [parent.parent === undefined ? documentExists : typeIs(parent, 'object')];
}

/** RFC 7396 cannot express "exactly this object" or "null". */
function isMergeable(value: Json): boolean {
  return value !== null && (typeof value !== 'object' || Array.isArray(value));
}

/** Of several values put at one path, the last one remains. Only the first one checks the earlier content of the place. */
const LAST_VALUE: Join = {
  kind: 'value',
  all: (operations) => {
    const [{ checks }] = operations as [Operation];
    const last = operations[operations.length - 1] as Operation;
    const { verb, path, writes, effects } = last;
    return { verb, path, checks, writes, effects, decode: (reply, place) => last.decode(reply, place) };
  },
};

/** A class, like the other most frequent operations: parts that only a commit needs are made on demand. */
class SetValue implements Operation {
  readonly text: string;

  constructor(
    readonly verb: string,
    readonly path: JsonPath,
    private readonly value: Json,
  ) {
    this.text = JSON.stringify(value);
  }

  get checks(): Check[] {
    return placeExists(this.path);
  }

  get writes(): Write[] {
    return [{ name: 'JSON.SET', args: [this.path.sent, this.text] }];
  }

  get effects(): Effect[] {
    const { parent, segment } = this.path;
    const isFromEnd = parent !== undefined && typeof segment === 'number' && segment < 0;
    return [isFromEnd ? { kind: 'resize', path: parent, by: 0, shifts: true } : { kind: 'set', path: this.path }];
  }

  get join(): Join {
    return LAST_VALUE;
  }

  get mergeable(): string | undefined {
    return typeof this.path.segment === 'string' && isMergeable(this.value) ? this.text : undefined;
  }

  direct(key: string): string[] | undefined {
    return ['JSON.SET', key, this.path.sent, this.text];
  }

  decode(reply: unknown, place: ErrorFacts): true {
    if (reply === 'OK') return true;
    // The command has looked at the same place as the check would, but does not report what is there.
    const { model, key } = place;
    throw (this.checks[0] ?? documentExists).refuse('nothing that could hold the value', { model, key, command: this.verb });
  }
}

/** Puts a value at a path, replacing what is there. The parent must exist. */
export function setValue(verb: string, path: JsonPath, value: Json): Operation {
  return new SetValue(verb, path, value);
}

class SetItem extends SetValue {
  override get checks(): Check[] {
    return super.checks.map(asNamed);
  }

  /** The server treats a position before the first item as the first item. Of the positions from the end, only the last needs no check. */
  override direct(key: string): string[] | undefined {
    return (this.path.segment as number) < -1 ? undefined : super.direct(key);
  }
}

/** Puts an item at a position that the user names, which the stored list must have. */
export function setItem(verb: string, path: JsonPath, value: Json): Operation {
  return new SetItem(verb, path, value);
}

/** Replaces a value, which must exist with its type. */
export function replaceValue(verb: string, path: JsonPath, { value, check }: { value: Json; check: Check }): Operation {
  return {
    verb,
    path,
    checks: [check],
    writes: [{ name: 'JSON.SET', args: [path.sent, JSON.stringify(value)] }],
    effects: [{ kind: 'set', path }],
    decode: () => true,
    join: LAST_VALUE,
  };
}

/** Puts a value, as JSON text, at a path that holds nothing. */
export function seedWrite(path: JsonPath, text: string): Write {
  return { name: 'seed', args: [path.sent, text] };
}

/** The default, as JSON text, for a path where an older document has nothing. */
export function seedOf(path: JsonPath, text: string): Seed {
  return { path, text, checks: placeExists(path), write: seedWrite(path, text) };
}

/** Writes a whole document, new or not. */
export function putDocument(verb: string, document: Json): Operation {
  return new SetValue(verb, JsonPath.root, document);
}

/** Writes a whole document that must be new. */
export function insertDocument(verb: string, document: Json): Operation {
  const path = JsonPath.root;
  const text = JSON.stringify(document);
  return {
    verb,
    path,
    checks: [documentIsNew],
    writes: [{ name: 'JSON.SET', args: [path.sent, text] }],
    effects: [{ kind: 'set', path }],
    decode: (reply, { model, key }) => {
      if (reply !== 'OK') throw new KeyExistsError({ model, key, command: verb });
      return true;
    },
    direct: (key) => ['JSON.SET', key, path.sent, text, 'NX'],
    makesDocument: true,
  };
}

/** Removes a whole document; resolves to whether there was one. */
export const deleteDocument: Operation = {
  verb: 'delete',
  path: JsonPath.root,
  checks: [],
  writes: [{ name: 'delete', args: [] }],
  effects: [{ kind: 'remove', path: JsonPath.root }],
  decode: (reply) => reply === 1,
  direct: (key) => ['DEL', key],
  endsDocument: true,
};

/** Sets the time to live of a document, from now. */
export function expireDocument(ttlMs: number): Operation {
  return {
    verb: 'expire',
    path: JsonPath.root,
    checks: [documentExists],
    writes: [{ name: 'PEXPIRE', args: [String(ttlMs)] }],
    effects: [],
    decode: (reply, { model, key }) => {
      if (reply !== 1) throw new KeyNotFoundError({ model, key, command: 'expire' });
      return true;
    },
    direct: (key) => ['PEXPIRE', key, String(ttlMs)],
    setsTimeToLive: true,
  };
}
