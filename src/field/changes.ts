import type { Operation } from '../command/operation';
import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import { openPipelineOf, record, send } from '../scope/dispatch';
import { inTurn, isNext } from '../scope/in-turn';
import type { Container } from './container';
import { guarded, type CommitOfChange } from './item-guards';

/** A change as a verb describes it: what to send, and what to do to the local value. */
interface Change<R> {
  readonly operations: readonly Operation[];
  /** Changes the local value; gets the server's answer, or undefined when the change is only queued. None where the local value is what is sent. */
  readonly apply?: (reply: unknown) => void;
  /** What the verb resolves to. */
  readonly result: (reply: unknown) => R;
}

const NOTHING: readonly Operation[] = [];

/** Changes the local value and queues the change; for synchronous verbs. */
export function changeHere(container: Container, operations: readonly Operation[], apply: () => void): void {
  const { root } = container;
  const scope = openPipelineOf(root);
  if (scope !== undefined) container.rememberIn(scope, operations);
  const earlier = scope === undefined ? NOTHING : takeEarlier(container, operations);
  const after = guardAfter(container, operations, { queue: scope?.committer ?? root.pending, earlier, scope, taken: earlier });
  if (earlier.length > 0) {
    scope?.undoWith(() => {
      root.putBackPart(earlier);
    });
  }
  apply();
  record(root, after, scope);
}

/**
 * Queues the change when a pipeline is open. Otherwise sends it, and changes the local value when the server has confirmed. Local changes of the same value that
 * were not written yet go before it in the same commit. A change without operations is done at once: its verb found nothing to do.
 */
export function changeStored<R>(container: Container, change: Change<R>, call?: CallOptions): Promise<R> {
  const { root } = container;
  const { operations, apply, result } = change;
  // Checked here, because it may turn out that nothing is sent.
  refuseWrongLimits(call);
  if (operations.length === 0) return Promise.resolve(result(undefined));
  if (openPipelineOf(root) === undefined) {
    if (isNext(root)) return changeStoredNow(container, change, call);
    const { path } = container;
    return inTurn(root, call, (left) => {
      // Meanwhile another flow may have opened a pipeline, or the value may have moved; the operations still name its old place.
      openPipelineOf(root);
      if (container.path.text !== path.text) throw container.staleItem(path);
      return changeStoredNow(container, change, left);
    });
  }
  changeHere(container, operations, () => apply?.(undefined));
  return Promise.resolve(result(undefined));
}

/** The same without waiting: the caller has its turn already. */
export function changeStoredNow<R>(
  container: Container,
  { operations, apply, result }: Change<R>,
  call: CallOptions | undefined,
): Promise<R> {
  const { root } = container;
  const earlier = takeEarlier(container, operations);
  const sent = replacesAll(container, earlier, operations) ? NOTHING : earlier;
  const after =
    container.parent === undefined && sent.length === 0
      ? operations
      : guardAfter(container, operations, { queue: undefined, earlier: sent, scope: undefined, taken: earlier });
  const accept = (reply: unknown): R => {
    if (apply !== undefined) {
      root.noteChange(operations);
      // The server applied it to whatever is at this place now, which is not the value held here.
      if (!container.isAttached) root.markStale();
      apply(reply);
    }
    return result(reply);
  };
  const onFailure = earlier.length === 0 ? undefined : (): void => root.putBackPart(earlier);
  return send(root, { operations: after, accept, onFailure }, call);
}

/** Takes the waiting local changes that overlap with the operations. Inside a list, those of the whole list, because they may have moved its items. */
function takeEarlier(container: Container, operations: readonly Operation[]): readonly Operation[] {
  const { root } = container;
  if (!root.hasPending) return NOTHING;
  const list = outermostList(container);
  return root.takeOverlapping(list === undefined ? operations.map(({ path }) => path) : [list.path]);
}

/** Whether the new value overwrites everything that the earlier changes did, so that it can be sent alone. Never inside a list, where they may have moved the place. */
function replacesAll(container: Container, earlier: readonly Operation[], operations: readonly Operation[]): boolean {
  if (earlier.length === 0 || operations.length > 1 || outermostList(container) !== undefined) return false;
  const { path, join, direct } = operations[0] as Operation;
  return join?.kind === 'value' && direct !== undefined && earlier.every((change) => change.path.text.startsWith(path.text));
}

/** The operations with their guards, after the earlier changes. When they are refused here, the earlier changes go back to waiting. */
function guardAfter(
  container: Container,
  operations: readonly Operation[],
  commit: CommitOfChange & { readonly taken: readonly Operation[] },
): readonly Operation[] {
  const { earlier } = commit;
  try {
    // On a stale instance the earlier changes may be stored already, and would be written twice.
    if (earlier.length > 0) container.root.requireFresh();
    const own = guarded(container, operations, commit);
    return earlier.length > 0 ? [...earlier, ...own] : own;
  } catch (error) {
    container.root.putBackPart(commit.taken);
    throw error;
  }
}

function outermostList(container: Container): Container | undefined {
  let list: Container | undefined;
  for (let at: Container | undefined = container; at !== undefined; at = at.parent) if (at.hasPositions) list = at;
  return list;
}
