import { isUint8Array } from 'node:util/types';
import { describe } from '../input/describe';

/** An argument of a script. Redis knows only text and bytes; a number is sent as its text. */
export type ScriptArgument = string | number | Uint8Array;

/** Arguments as they are sent. Refuses values without one obvious text: booleans, null, objects, NaN and infinite numbers. */
export function scriptArguments(args: readonly ScriptArgument[]): (string | Uint8Array)[] {
  if (!Array.isArray(args)) throw new TypeError(`the arguments of a script must be a list, found ${describe(args)}`);
  return args.map((arg: unknown, index) => {
    if (typeof arg === 'string' || isUint8Array(arg)) return arg;
    if (typeof arg === 'number' && Number.isFinite(arg)) return String(arg);
    throw new TypeError(`argument ${index} of a script must be text, a finite number or bytes, found ${describe(arg)}`);
  });
}

/** Keys as they are sent. */
export function scriptKeys(keys: readonly string[]): readonly string[] {
  if (!Array.isArray(keys)) throw new TypeError(`the keys of a script must be a list, found ${describe(keys)}`);
  const wrong = keys.findIndex((key) => typeof key !== 'string');
  if (wrong >= 0) throw new TypeError(`key ${wrong} of a script must be text, found ${describe(keys[wrong])}`);
  return keys as readonly string[];
}
