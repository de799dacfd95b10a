import type { ErrorFacts } from '../../errors/base';
import type { JsonPath } from '../../path/json-path';
import { movesInstant, typeIs } from '../checks';
import type { Check, Effect, Join, Operation, Write } from '../operation';
import { singleAnswer } from '../reply';

const ALL_TEXT: Join = {
  kind: 'text',
  all: (operations) => {
    const appends = operations as readonly AppendText[];
    const [{ verb, path }] = appends as [AppendText];
    return new AppendText(verb, path, appends.map(({ text }) => text).join(''));
  },
};

/** Made for every append, so parts that only a commit needs are made on demand. */
class AppendText implements Operation {
  constructor(
    readonly verb: string,
    readonly path: JsonPath,
    readonly text: string,
  ) {}

  get checks(): Check[] {
    return [typeIs(this.path, 'text')];
  }

  get writes(): Write[] {
    return [{ name: 'JSON.STRAPPEND', args: [this.path.sent, JSON.stringify(this.text)] }];
  }

  get effects(): Effect[] {
    return [{ kind: 'change', path: this.path }];
  }

  get join(): Join {
    return ALL_TEXT;
  }

  direct(key: string): string[] {
    return ['JSON.STRAPPEND', key, this.path.sent, JSON.stringify(this.text)];
  }

  decode(reply: unknown, place: ErrorFacts): unknown {
    return singleAnswer(reply, { expected: 'text', path: this.path.text, command: this.verb }, place);
  }
}

/** Appends to a text; resolves to its new length in UTF-8 bytes. */
export function appendText(verb: string, path: JsonPath, text: string): Operation {
  return new AppendText(verb, path, text);
}

/** Moves a date that is stored as ISO 8601 text; resolves to the new text. */
export function moveInstant(path: JsonPath, ms: number): Operation {
  return {
    verb: 'addMs',
    path,
    checks: [movesInstant(path, ms)],
    writes: [{ name: 'instant.add', args: [path.sent, String(ms)] }],
    effects: [{ kind: 'change', path }],
    decode: (reply) => reply,
  };
}
