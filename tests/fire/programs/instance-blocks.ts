import { pick, placeOf } from './contract';
import type { RunBlock } from './block';
import { blind, mixAll, plainOf, queueAll, sendAll, stepOf } from './run';
import { copyOf, takenOver } from './twins';

/** Two instances of the document that write in turn. */
export const INSTANCES = {
  'other instance': async (run, { calls, more, isOdd }) => {
    const { it, other } = run;
    const stored = copyOf(run.model);
    await other.load();
    await sendAll(run, { twin: stored, calls, it: other });
    await other.pipeline(() => queueAll(run, { twin: stored, calls: more, it: other }));
    expect(other.toJSON()).toMatchObject(stored);
    if (isOdd) await it.load();
    const twin = takenOver(run.model, stored);
    if (!isOdd) await it.withLock('work', () => mixAll(run, { twin, calls: more }), { saveAtEnd: true });
    return twin;
  },
  'stale instance': async (run, { calls, more }) => {
    const { it, other } = run;
    const twin = copyOf(run.model);
    await sendAll(run, { twin, calls });
    const stored = copyOf(twin);
    await sendAll(run, { twin: stored, calls: blind(run, more), it: other });
    await it.load();
    return takenOver(twin, stored);
  },
  'load over local changes': async (run, { calls, more }) => {
    const { it, other } = run;
    const [local, stored] = [copyOf(run.model), copyOf(run.model)];
    queueAll(run, { twin: local, calls });
    await other.load();
    await sendAll(run, { twin: stored, calls: more, it: other });
    await other.pipeline(() => queueAll(run, { twin: stored, calls, it: other }));
    await it.load();
    return takenOver(local, stored);
  },
  /** Changes elsewhere in the document go on waiting. */
  'load of a part': async (run, { calls, more, draw }) => {
    const { it, other, subject } = run;
    const field = pick(run.held, draw.i) as keyof typeof it & keyof typeof run.model;
    const [twin, stored] = [copyOf(run.model), copyOf(run.model)];
    queueAll(run, { twin, calls });
    await other.load();
    await sendAll(run, { twin: stored, calls: more.filter(([index]) => placeOf(stepOf(run, index)) === field), it: other });
    const part = it[field] as { load(): Promise<unknown> } | null | undefined;
    if (part && stored[field] !== null) {
      await part.load();
      twin[field] = takenOver(twin[field], stored[field]);
      expect(plainOf(subject, it.toJSON())).toEqual(twin);
      // The load of a part does not read the version of the document.
      if (subject.lifetime === undefined) {
        await it.saveChanges();
        return twin;
      }
    } else if (part) await expect(part.load()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    await it.load();
    return takenOver(twin, stored);
  },
} satisfies Record<string, RunBlock>;
