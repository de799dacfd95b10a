import type { JsonPath } from '../../path/json-path';
import { resultWithin, type NumberRange } from '../checks';
import type { Decode, Join, Operation } from '../operation';
import { singleAnswer } from '../reply';

/** Beyond this, adding could leave the whole numbers that JSON readers agree on. */
const CAREFUL_ABOVE = 2 ** 52;

export interface NumberBounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export interface NumberTarget {
  readonly path: JsonPath;
  readonly whole: boolean;
  /** The value known here, to tell whether the plain command is safe. */
  readonly local: number;
}

/** How far a verb moves a number, and the bounds that the result must keep. */
export interface NumberMove extends NumberBounds {
  readonly verb: string;
  readonly by: number;
}

/** Adds to a number. With bounds, a result outside them is refused. */
export function addToNumber({ path, whole, local }: NumberTarget, { verb, by, ...bounds }: NumberMove): Operation {
  const bounded = bounds.min !== undefined || bounds.max !== undefined;
  const limit = whole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
  const careful = bounded || Math.abs(local + by) > CAREFUL_ABOVE;
  const range: NumberRange = { how: '+', by, min: bounds.min ?? -limit, max: bounds.max ?? limit, whole };
  const decode: Decode = (reply, place) => Number(singleAnswer(reply, { expected: 'a number', path: path.text, command: verb }, place));
  return {
    verb,
    path,
    checks: [resultWithin(path, range)],
    writes: [{ name: 'JSON.NUMINCRBY', path: path.text, args: [String(by)] }],
    effects: [{ kind: 'change', path }],
    decode,
    ...(careful
      ? {}
      : { direct: { command: 'JSON.NUMINCRBY', args: [path.text, String(by)], decode }, join: joinSum({ path, whole, local }) }),
  };
}

function joinSum(target: NumberTarget): Join {
  return {
    kind: 'sum',
    all: (operations) => {
      const by = operations.reduce((sum, { writes }) => sum + Number(writes[0]?.args[0]), 0);
      return addToNumber(target, { verb: operations[0]?.verb ?? 'add', by });
    },
  };
}

/** Multiplies a number. */
export function multiplyNumber({ path, whole }: NumberTarget, { verb, by }: NumberMove): Operation {
  const limit = whole ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
  return {
    verb,
    path,
    checks: [resultWithin(path, { how: '*', by, min: -limit, max: limit, whole })],
    writes: [{ name: 'JSON.NUMMULTBY', path: path.text, args: [String(by)] }],
    effects: [{ kind: 'change', path }],
    decode: (reply, place) => Number(singleAnswer(reply, { expected: 'a number', path: path.text, command: verb }, place)),
  };
}
