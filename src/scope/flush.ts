import { refuseWrongLimits, type CallOptions } from '../input/call-options';
import { writeChecked } from './checked-write';
import { commit } from './commit/commit';
import { locksOn, openPipelineOf, record, takePending } from './dispatch';
import type { DocumentRoot } from './document-root';
import type { ReleasedLock } from './held-lock';
import { whenReady } from './in-turn';
import { startVerb } from './start-verb';

/** How to write local changes. */
interface Flush {
  /** The verb that the user called. Default `saveChanges`. */
  readonly verb?: string | undefined;
  /** Lock to free in the same step. */
  readonly release?: ReleasedLock | undefined;
  readonly call?: CallOptions | undefined;
}

/** Writes the local changes of a document as one commit, after checking the rules of its class. They stay pending when it is refused. */
export function flushPending(root: DocumentRoot, { verb, release, call }: Flush): Promise<void> {
  return startVerb(root, () => {
    // Here, because if nothing is sent, nothing else checks them.
    refuseWrongLimits(call);
    const inTurn = (limits: CallOptions | undefined, start: (left: CallOptions | undefined) => Promise<void>): Promise<void> =>
      openPipelineOf(root) === undefined ? whenReady([root], { level: 'versionKnown', call: limits }, start) : start(limits);
    const write = (left: CallOptions | undefined): Promise<void> => flushNow(root, { verb, release, call: left });
    return writeChecked(root, { local: root.local, inTurn, write }, call);
  });
}

function flushNow(root: DocumentRoot, { verb = 'saveChanges', release, call }: Flush): Promise<void> {
  root.requireFresh();
  const scope = openPipelineOf(root);
  root.local.settleUnseen('collect');
  const locks = locksOn(root);
  const taken = takePending(root, scope);
  if (taken.length === 0) return Promise.resolve();
  if (scope !== undefined) {
    record(root, [...taken], scope);
    return Promise.resolve();
  }
  const queue = [...taken].map((operation) => ({ root, operation }));
  // Not news if it frees a lock: the next holder gets the document together with the lock, after this commit.
  const end = (): void => root.endAhead(release === undefined);
  const onFailure = (): void => {
    root.putBack(taken);
    end();
  };
  root.beginAhead();
  return commit({ verb, queue, locks, checkVersion: true, release, call, onFailure }, end);
}
