import { isDeepStrictEqual } from 'node:util';
import { promised } from '../async/promised';
import { deadlineOf } from '../async/time-left';
import type { JsonObject } from '../codec/codec';
import { ValidationError } from '../errors/codec';
import type { CallOptions } from '../input/call-options';
import { dotted } from '../path/json-path';
import { openPipelineOf } from './dispatch';
import type { DocumentRoot, LocalDocument } from './document-root';

/** How often the rules run for one write. Rules may themselves change the values on every run, which would go on for ever. */
const MAX_RUNS = 10;

/** A write of the local values as they are when its turn comes. */
interface LocalWrite<R> {
  /** The document, or the part of it, whose values are written. */
  readonly local: LocalDocument;
  readonly inTurn: (call: CallOptions | undefined, start: (left: CallOptions | undefined) => Promise<R>) => Promise<R>;
  readonly write: (left: CallOptions | undefined) => Promise<R>;
}

/**
 * Writes local values in their turn, after running the rules that the user gave their class. Running rules takes time, so the write waits for another
 * turn after them; if the values have changed by then, the rules run again. In a pipeline, rules that take time are left to the commit, because
 * queued changes keep their place.
 *
 * @throws {@link ValidationError} the values had changed after every run; nothing was written.
 */
export function writeChecked<R>(root: DocumentRoot, { local, inTurn, write }: LocalWrite<R>, call?: CallOptions): Promise<R> {
  const { services } = root;
  // Most classes have no rules, and can skip everything below.
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
      // Before the rules run: if toStored() threw after that, failures of the rules would go unhandled.
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

/** The error for values that change whenever the rules run, so that it stays unknown whether they keep the rules. */
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
