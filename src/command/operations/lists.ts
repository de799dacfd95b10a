import type { Json } from '../../codec/codec';
import type { ErrorFacts } from '../../errors/base';
import type { JsonPath } from '../../path/json-path';
import { asNamed, emptyOrPositionExists, lengthAtLeast, positionExists, typeIs } from '../checks';
import type { Check, Effect, Join, Operation, Write } from '../operation';
import { singleAnswer } from '../reply';
import { replaceValue } from './values';

/** Lua can pass only a few thousand values to one command. */
const ITEMS_PER_WRITE = 1000;

const ALL_ITEMS: Join = {
  kind: 'items',
  all: (operations) => {
    const appends = operations as readonly AppendItems[];
    const [{ verb, path }] = appends as [AppendItems];
    return new AppendItems(
      verb,
      path,
      appends.flatMap(({ texts }) => texts),
    );
  },
};

/** Made for every append, so parts that only a commit needs are made on demand. */
class AppendItems implements Operation {
  constructor(
    readonly verb: string,
    readonly path: JsonPath,
    readonly texts: readonly string[],
  ) {}

  get checks(): Check[] {
    return [typeIs(this.path, 'list')];
  }

  get writes(): Write[] {
    const writes: Write[] = [];
    for (let at = 0; at < this.texts.length; at += ITEMS_PER_WRITE) {
      writes.push({ name: 'JSON.ARRAPPEND', args: [this.path.sent, ...this.texts.slice(at, at + ITEMS_PER_WRITE)] });
    }
    return writes;
  }

  get effects(): Effect[] {
    return [{ kind: 'resize', path: this.path, by: this.texts.length, shifts: false }];
  }

  get join(): Join {
    return ALL_ITEMS;
  }

  direct(key: string): string[] {
    return ['JSON.ARRAPPEND', key, this.path.sent, ...this.texts];
  }

  decode(reply: unknown, place: ErrorFacts): unknown {
    return listLength(this, reply, place);
  }
}

function listLength({ verb, path }: Pick<Operation, 'verb' | 'path'>, reply: unknown, place: ErrorFacts): unknown {
  return singleAnswer(reply, { expected: 'a list', path: path.text, command: verb }, place);
}

/** Appends items; resolves to the new length. */
export function appendItems(verb: string, path: JsonPath, items: readonly Json[]): Operation {
  return new AppendItems(
    verb,
    path,
    items.map((item) => JSON.stringify(item)),
  );
}

/** Inserts items before a position; resolves to the new length. */
export function insertItems(verb: string, path: JsonPath, { index, items }: { index: number; items: readonly Json[] }): Operation {
  const texts = items.map((item) => JSON.stringify(item));
  const args = [String(index), ...texts];
  return {
    verb,
    path,
    checks: [lengthAtLeast(path, index < 0 ? -index : index)],
    writes: insertions(path, index, texts),
    effects: [{ kind: 'resize', path, by: items.length, shifts: true }],
    decode: (reply, place) => listLength({ verb, path }, reply, place),
    direct: (key) => ['JSON.ARRINSERT', key, path.sent, ...args],
  };
}

/** The same before a position that the user names, which the stored list must have. */
export function insertItemAt(verb: string, path: JsonPath, { index, item }: { index: number; item: Json }): Operation {
  const operation = insertItems(verb, path, { index, items: [item] });
  return { ...operation, checks: operation.checks.map(asNamed) };
}

function insertions(path: JsonPath, index: number, texts: readonly string[]): Write[] {
  const writes: Write[] = [];
  for (let at = 0; at < texts.length; at += ITEMS_PER_WRITE) {
    // Counted from the end, each chunk goes before the same item.
    const position = index < 0 ? index : index + at;
    writes.push({ name: 'JSON.ARRINSERT', args: [path.sent, String(position), ...texts.slice(at, at + ITEMS_PER_WRITE)] });
  }
  return writes;
}

/** Removes one item; resolves to its JSON text, or '' if the list is empty. */
export function popItem(verb: string, path: JsonPath, index: number): Operation {
  return {
    verb,
    path,
    checks: [emptyOrPositionExists(path, index)],
    writes: [{ name: 'list.pop', args: [path.sent, String(index)] }],
    effects: [{ kind: 'resize', path, by: undefined, shifts: true }],
    decode: (reply) => reply,
  };
}

/** Removes the item at a position that must exist. */
export function dropItem(verb: string, path: JsonPath, index: number): Operation {
  return {
    ...popItem(verb, path, index),
    checks: [positionExists(path, index)],
    effects: [{ kind: 'resize', path, by: -1, shifts: index !== -1 }],
  };
}

/** Removes the first item that equals a scalar; resolves to 1, or 0 when there is none. */
export function removeItem(verb: string, path: JsonPath, item: Json): Operation {
  return {
    verb,
    path,
    checks: [typeIs(path, 'list')],
    writes: [{ name: 'list.remove', args: [path.sent, JSON.stringify(item)] }],
    effects: [{ kind: 'resize', path, by: undefined, shifts: true }],
    decode: (reply) => reply,
  };
}

/** Removes the items from `start` up to but not including `endExclusive`; both are positions from 0 that exist. */
export function removeSlice(verb: string, path: JsonPath, { start, endExclusive }: { start: number; endExclusive: number }): Operation {
  return {
    verb,
    path,
    checks: [lengthAtLeast(path, endExclusive)],
    writes: [{ name: 'list.removeRange', args: [path.sent, String(start), String(endExclusive)] }],
    effects: [{ kind: 'resize', path, by: start - endExclusive, shifts: true }],
    decode: (reply) => reply,
  };
}

/** Keeps a range of the stored list, given as for `slice` of Array; resolves to the new length. */
export function keepSlice(
  verb: string,
  path: JsonPath,
  { start, endExclusive }: { start: number; endExclusive?: number | undefined },
): Operation {
  const isFromEnd = endExclusive !== undefined && endExclusive < 0;
  // A range that ends before it starts is an empty list.
  const [first, last] = endExclusive === 0 ? [1, 0] : [start, (endExclusive ?? 0) - 1];
  const args = [path.sent, String(first), String(last)];
  return {
    verb,
    path,
    checks: [typeIs(path, 'list')],
    writes: [{ name: isFromEnd ? 'list.keepSlice' : 'JSON.ARRTRIM', args }],
    effects: [{ kind: 'resize', path, by: undefined, shifts: true }],
    decode: (reply, place) => listLength({ verb, path }, reply, place),
    ...(isFromEnd ? {} : { direct: (key) => ['JSON.ARRTRIM', key, ...args] }),
  };
}

/** Replaces the whole list. */
export function replaceList(verb: string, path: JsonPath, items: readonly Json[]): Operation {
  return replaceValue(verb, path, { value: [...items], check: typeIs(path, 'list') });
}
