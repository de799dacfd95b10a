import { endPending, type RunBlock } from './block';
import { queueAll, sendAll } from './run';
import { copyOf, takenOver } from './twins';

/** Commits that find the document at another version than they expect. */
export const VERSIONS = {
  'overtaken commit': async (run, { calls, more, isOdd }) => {
    const { it, other, subject } = run;
    const { bump, plain } = subject.obstacle;
    const [local, stored] = [copyOf(run.model), copyOf(run.model)];
    await other.load();
    await other.pipeline(() => {
      queueAll(run, { twin: stored, calls, it: other });
      bump(other);
      plain(stored);
    });
    if (isOdd) {
      queueAll(run, { twin: local, calls: more });
      bump(it);
      plain(local);
      await expect(it.saveChanges()).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    }
    const refused = it.pipeline(() => {
      queueAll(run, { twin: copyOf(local), calls });
      bump(it);
    });
    await expect(refused).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    return endPending({ ...run, model: stored }, local, false);
  },
  'overtaken lock': async (run, { calls, more }) => {
    const { it, other, subject } = run;
    const { bump, plain } = subject.obstacle;
    const [local, stored] = [copyOf(run.model), copyOf(run.model)];
    await other.load();
    const work = async (): Promise<void> => {
      queueAll(run, { twin: local, calls });
      bump(it);
      plain(local);
      bump(other);
      plain(stored);
      await other.saveChanges();
      await sendAll(run, { twin: stored, calls: more, it: other });
    };
    await expect(it.withLock('work', work, { saveAtEnd: true })).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    return endPending({ ...run, model: stored }, local, false);
  },
  transaction: async (run, { calls, more, isOdd }) => {
    const { it, other, subject } = run;
    const { bump, plain } = subject.obstacle;
    const stored = copyOf(run.model);
    let [twin, isFirst] = [stored, true];
    await other.load();
    await subject.model.transact(subject.key, async (document) => {
      // The first attempt fails when another commit comes between.
      if (isFirst && isOdd) await sendAll(run, { twin: stored, calls: more, it: other });
      isFirst = false;
      twin = copyOf(stored);
      queueAll(run, { twin, calls, it: document });
      // Without a change of its own the transaction would end with what it read.
      bump(document);
      plain(twin);
    });
    await it.load();
    return takenOver(run.model, twin);
  },
} satisfies Record<string, RunBlock>;
