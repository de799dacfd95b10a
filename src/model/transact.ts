import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineBusyError, VersionConflictError } from '../errors/commit';
import { SchemaError } from '../errors/definition';
import { backoffMs } from '../async/backoff';
import type { Purpose } from '../executor/purpose';
import { CALL_OPTIONS, type CallOptions } from '../input/call-options';
import { refuseUnknown, type NamesOf } from '../input/options';
import { deadlineOf } from '../async/time-left';
import { checkedRetries } from '../input/retries';
import { containerOf } from '../field/container';
import { schemaOf } from '../schema/compile';
import type { ModelClass } from '../schema/model-schema';
import { currentFlow, runInFlow, type Transacted } from '../scope/flow';
import type { DocumentPlace } from '../scope/document-root';
import { flushPending } from '../scope/flush';
import { requireWork } from '../input/arguments';
import { requireOpen } from './bindings';
import { documentPlaceOf } from './pk';
import { readAt } from './read';

/** Options of `transact`. */
export interface TransactOptions extends CallOptions {
  /** How often the work runs again after another writer came first. Default 10. */
  readonly retries?: number | undefined;
}

const TRANSACT_OPTIONS = { retries: true, ...CALL_OPTIONS } satisfies NamesOf<TransactOptions>;

const TRANSACT: Purpose = { verb: 'transact' };

const PAUSES = { firstMs: 2, maxMs: 100 };

/** The work on a document, and its options. */
interface Transaction<T, R> {
  readonly work: (document: T) => Promise<R> | R;
  readonly options: TransactOptions;
}

/** Reads the document, runs the work, and commits its changes if no other commit came in between. Otherwise starts over with the document as it is then. */
export async function transact<T extends object, R>(model: ModelClass<T>, keyOrPk: string, transaction: Transaction<T, R>): Promise<R> {
  refuseUnknown(transaction.options, TRANSACT_OPTIONS, 'transact()');
  requireWork(transaction.work, 'transact()', "transact('ada', (document) => …)");
  if (schemaOf(model).version === undefined)
    throw new SchemaError(model.name, ['transact() compares versions; write @Version() version!: number']);
  const place = documentPlaceOf(model, keyOrPk);
  const transacted: Transacted = { key: place.key, executor: place.connection.executor, isOver: false };
  refuseNested(model, transacted);
  try {
    return await runInFlow({ transacted: [transacted] }, () => untilCommitted(place, transaction));
  } finally {
    transacted.isOver = true;
  }
}

/** The commit of the inner transaction would make each attempt of the outer one conflict. */
function refuseNested({ name }: ModelClass, { key, executor }: Transacted): void {
  const around = currentFlow()?.transacted ?? [];
  if (!around.some((outer) => !outer.isOver && outer.key === key && outer.executor === executor)) return;
  const facts = { model: name, key, command: TRANSACT.verb };
  throw new PipelineBusyError(
    facts,
    'is in an outer transact() already, which would conflict with this one each time; change the document that the outer callback got',
  );
}

async function untilCommitted<T extends object, R>(
  place: DocumentPlace,
  { work, options: { retries = 10, ...call } }: Transaction<T, R>,
): Promise<R> {
  const left = deadlineOf(call);
  const most = checkedRetries(retries);
  for (let attempt = 0; ; attempt += 1) {
    requireOpen(place.connection, place.schema);
    const document = await readAt<T>(place, TRANSACT, left());
    const { root } = containerOf(document);
    try {
      const result = await work(document);
      requireOpen(place.connection, place.schema);
      await flushPending(root, { verb: TRANSACT.verb, call: left() });
      return result;
    } catch (error) {
      // A conflict over another document would come back, because only this document is read again.
      if (!(error instanceof VersionConflictError && error.key === root.key)) throw error;
      if (attempt >= most) throw exhausted(error, attempt + 1);
    }
    await sleep(Math.random() * backoffMs(attempt, PAUSES));
  }
}

function exhausted({ expectedVersion, foundVersion, model, key, path }: VersionConflictError, runs: number): VersionConflictError {
  return new VersionConflictError(expectedVersion, foundVersion, { model, key, path, command: TRANSACT.verb, runs });
}
