import { isUint8Array } from 'node:util/types';
import { describe } from '../../input/describe';
import { CommandArgumentError } from '../../errors/command';
import { nameOf, type Argument } from './recorded-command';

/** What is taken for an argument. */
export type ArgumentLike = string | Uint8Array;

/**
 * Arguments as they can be sent, in a list of their own. The client would find out only while it sends: the commands around this one would go out without
 * it. And a server says nothing to a command without a name, so all replies after it would be those of others.
 *
 * @throws {@link CommandArgumentError} one is neither text nor bytes, or there is no name.
 */
export function checkedArguments(given: readonly ArgumentLike[]): Argument[] {
  if (!Array.isArray(given)) throw wrong('a command', "a list such as ['GET', 'key']", describe(given));
  // Without the room that arrays have for more: of a batch of thousands that is half of what has to be kept.
  const args = given.slice() as Argument[];
  for (let at = 0; at < args.length; at += 1) {
    const arg: unknown = args[at];
    if (typeof arg === 'string' ? !arg.isWellFormed() : !(arg instanceof Buffer)) args[at] = bytesOf(arg, args, at);
  }
  if (args.length === 0) throw wrong('a command', 'its name first', 'an empty list');
  if (nameOf({ args }) === '') throw wrong('a command', 'its name first', 'an empty name');
  return args;
}

function bytesOf(arg: unknown, args: readonly Argument[], at: number): Buffer {
  if (isUint8Array(arg)) return Buffer.from(arg.buffer, arg.byteOffset, arg.byteLength);
  if (at === 0) throw wrong('a command', 'its name first', describe(arg));
  // The client would send other text, which may be that of another key.
  const expected = typeof arg === 'string' ? 'well-formed Unicode' : 'text or bytes';
  throw wrong(nameOf({ args }), `${expected} as argument ${at}`, describe(arg));
}

function wrong(command: string, expected: string, found: string): CommandArgumentError {
  return new CommandArgumentError(command, { expected, found });
}
