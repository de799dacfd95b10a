import { isUint8Array } from 'node:util/types';
import { describe } from '../../input/describe';
import { CommandArgumentError } from '../../errors/command';
import { nameOf, type Argument } from './recorded-command';

/** What is accepted as an argument. */
export type ArgumentLike = string | Uint8Array;

/**
 * A copy of the arguments in a form that can be sent. Checked here because the client would notice a wrong argument only while sending, and the
 * commands around it would go out without it. And a server does not answer a command without a name, so all later replies would go to the wrong
 * commands.
 *
 * @throws {@link CommandArgumentError} one is neither text nor bytes, or there is no name.
 */
export function checkedArguments(given: readonly ArgumentLike[]): Argument[] {
  if (!Array.isArray(given)) throw wrong('a command', "a list such as ['GET', 'key']", describe(given));
  // slice() makes an array without spare capacity, which would double the memory that a batch of thousands keeps.
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
  // The client would send different text, which may be that of another key.
  const expected = typeof arg === 'string' ? 'well-formed Unicode' : 'text or bytes';
  throw wrong(nameOf({ args }), `${expected} as argument ${at}`, describe(arg));
}

function wrong(command: string, expected: string, found: string): CommandArgumentError {
  return new CommandArgumentError(command, { expected, found });
}
