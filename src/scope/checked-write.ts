import { promised } from '../async/promised';
import { deadlineOf } from '../async/time-left';
import type { CallOptions } from '../input/call-options';
import type { DocumentRoot, LocalDocument } from './document-root';

/** A write of local values as they are in its turn. */
interface LocalWrite<R> {
  /** Whose values are written: those of the document, or of a part of it. */
  readonly local: LocalDocument;
  readonly inTurn: (call: CallOptions | undefined, start: (left: CallOptions | undefined) => Promise<R>) => Promise<R>;
  readonly write: (left: CallOptions | undefined) => Promise<R>;
}

/**
 * Writes local values in their turn, after the rules that a user gave their class. To run these takes time, so there is another turn after them; they are run
 * again when the values are others by then.
 */
export function writeChecked<R>({ services }: DocumentRoot, { local, inTurn, write }: LocalWrite<R>, call?: CallOptions): Promise<R> {
  // Most classes have none, and need nothing of what follows.
  if (!services.hasRules(local)) return inTurn(call, write);
  return promised(() => {
    const left = deadlineOf(call);
    let checked: string | undefined;
    const start = (limits: CallOptions | undefined): Promise<R> => {
      // First of all: where it throws, nobody would hear of rules that fail as well.
      const values = JSON.stringify(local.toStored());
      const rules = values === checked ? undefined : services.runRules(local);
      if (rules === undefined) return write(limits);
      checked = values;
      return rules.then(() => inTurn(left(), start));
    };
    return inTurn(call, start);
  });
}
