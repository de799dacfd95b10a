import { setMember, type Codec, type Json } from '../codec/codec';
import { describe } from '../input/describe';
import { ValidationError } from '../errors/codec';
import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import { instanceFor } from '../field/model-instance';
import type { ModelState } from '../field/model-state';
import { keyOf } from '../path/redis-key';
import { atRest } from '../scope/in-turn';
import { newState } from './hydrate';
import { keyValueOf, pkFrom, requireOwnKey } from './pk';
import { createState } from './write';

/** A copy to make, and the verb that the user called. */
interface Duplication {
  readonly verb: string;
  readonly newPk?: string | undefined;
}

/** A copy under another pk, in Redis. */
export function duplicateState(state: ModelState, duplication: Duplication, call: CallOptions | undefined): Promise<object> {
  // While a commit is under way, it is unknown whether its changes will stay.
  return atRest(state.root, { verb: duplication.verb, call }, (left) => duplicateNow(state, duplication, left));
}

async function duplicateNow(state: ModelState, { verb, newPk }: Duplication, call: CallOptions | undefined): Promise<object> {
  const { schema } = state;
  const { key } = schema;
  const stored = structuredClone(state.toStored());
  if (key !== undefined && newPk === undefined) throw invalidPk(state, 'a new value for the copy: duplicate(newPk)', undefined);
  if (newPk !== undefined) {
    requireOwnKey(schema, newPk);
    if (key !== undefined) setMember(stored, key.name, newKeyValue(state, key.codec, newPk));
  }
  const copy = newState({ schema, key: keyOf(schema.prefix, newPk ?? pkFrom(schema, stored)), connection: state.root.connection }, stored);
  await createState(copy, verb, call);
  return instanceFor(copy);
}

/** Several copies under generated pks. */
export async function duplicateOften(state: ModelState, count: number, call?: CallOptions): Promise<object[]> {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`duplicateMany() takes a whole number of copies, at least 0, found ${describe(count)}`);
  refuseWrongLimits(call);
  return Promise.all(Array.from({ length: count }, () => duplicateState(state, { verb: 'duplicateMany' }, call)));
}

function newKeyValue(state: ModelState, codec: Codec, pk: string): Json {
  const value = keyValueOf(codec, pk);
  if (value === undefined) throw invalidPk(state, `the pk of a document whose key is ${codec.name}, as its pk property gives it`, pk);
  return value;
}

function invalidPk({ schema, root }: ModelState, expected: string, found: unknown): ValidationError {
  const problem = { field: schema.key?.name ?? 'pk', expected, found: describe(found) };
  return new ValidationError([problem], { model: schema.name, key: root.key });
}
