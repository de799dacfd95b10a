import { isDeepStrictEqual } from 'node:util';
import { promised } from '../async/promised';
import { deadlineOf } from '../async/time-left';
import type { JsonObject } from '../codec/codec';
import { ValidationError } from '../errors/codec';
import type { CallOptions } from '../input/call-options';
import { dotted } from '../path/json-path';
import { openPipelineOf } from './dispatch';
import type { DocumentRoot, LocalDocument } from './document-root';

/** How often the rules are run for one write. Values that are others each time may be changed by the rules themselves, and then there would be no end. */
const MAX_RUNS = 10;

/** A write of local values as they are in its turn. */
interface LocalWrite<R> {
  /** Whose values are written: those of the document, or of a part of it. */
  readonly local: LocalDocument;
  readonly inTurn: (call: CallOptions | undefined, start: (left: CallOptions | undefined) => Promise<R>) => Promise<R>;
  readonly write: (left: CallOptions | undefined) => Promise<R>;
}

/**
 * Writes local values in their turn, after the rules that a user gave their class. To run these takes time, so there is another turn after them; they are run
 * again when the values are others by then. In a pipeline, rules that take time are left to the commit: what is queued keeps its place.
 *
 * @throws {@link ValidationError} they were others each time; nothing was written.
 */
export function writeChecked<R>(root: DocumentRoot, { local, inTurn, write }: LocalWrite<R>, call?: CallOptions): Promise<R> {
  const { services } = root;
  // Most classes have none, and need nothing of what follows.
  if (!services.hasRules(local)) return inTurn(call, write);
  const scope = openPipelineOf(root);
  if (scope !== undefined) {
    return inTurn(call, (left) => {
      services.runRulesNow(local);
      scope.checkLater(root, local);
      return write(left);
    });
  }
  return promised(() => {
    const left = deadlineOf(call);
    let checked: string | undefined;
    let runs = 0;
    const start = (limits: CallOptions | undefined): Promise<R> => {
      // First of all: where it throws, nobody would hear of rules that fail as well.
      const values = JSON.stringify(local.toStored());
      if (values === checked) return write(limits);
      if (runs === MAX_RUNS) throw unsettled(root, local, { before: checked as string, now: values });
      const rules = services.runRules(local);
      if (rules === undefined) return write(limits);
      runs += 1;
      checked = values;
      return rules.then(() => inTurn(left(), start));
    };
    return inTurn(call, start);
  });
}

/** Nobody knows whether values keep the rules that are others whenever the rules have run. */
function unsettled({ model, key }: DocumentRoot, { path }: LocalDocument, texts: { before: string; now: string }): ValidationError {
  const [before, now] = [JSON.parse(texts.before) as JsonObject, JSON.parse(texts.now) as JsonObject];
  const names = Object.keys(now).filter((name) => !isDeepStrictEqual(now[name], before[name]));
  const problems = names.map((name) => ({
    field: dotted([...path.segments(), name]),
    expected: 'to be left as it is while the rules of the class run',
    found: `another value after each of ${MAX_RUNS} runs`,
  }));
  return new ValidationError(problems, { model, key, path: path.member(names[0] as string).text });
}
