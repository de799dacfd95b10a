import type { JsonPath } from '../../path/json-path';
import { movesInstant, typeIs } from '../checks';
import type { Decode, Operation } from '../operation';
import { singleAnswer } from '../reply';

/** Appends to a text; resolves to its new length in UTF-8 bytes. */
export function appendText(verb: string, path: JsonPath, text: string): Operation {
  const decode: Decode = (reply, place) => singleAnswer(reply, { expected: 'text', path: path.text, command: verb }, place);
  const args = [JSON.stringify(text)];
  return {
    verb,
    path,
    checks: [typeIs(path, 'text')],
    writes: [{ name: 'JSON.STRAPPEND', path: path.sent, args }],
    effects: [{ kind: 'change', path }],
    decode,
    direct: (key) => ['JSON.STRAPPEND', key, path.sent, ...args],
    join: {
      kind: 'text',
      all: (operations) =>
        appendText(verb, path, operations.map(({ writes }) => JSON.parse(writes[0]?.args[0] ?? '""') as string).join('')),
    },
  };
}

/** Moves a date that is stored as ISO 8601 text; resolves to the new text. */
export function moveInstant(path: JsonPath, ms: number): Operation {
  return {
    verb: 'addMs',
    path,
    checks: [movesInstant(path, ms)],
    writes: [{ name: 'instant.add', path: path.sent, args: [String(ms)] }],
    effects: [{ kind: 'change', path }],
    decode: (reply) => reply,
  };
}
