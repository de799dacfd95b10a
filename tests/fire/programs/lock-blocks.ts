import { endPending, throwing, type RunBlock } from './block';
import { expectState, mixAll, plainOf, queueAll, sendAll } from './run';
import { copyOf, takenOver } from './twins';

/** Sections under locks. */
const SECTIONS = {
  'lock that saves at its end': async (run, { calls, more, isOdd }) => {
    // Taking the lock drops what was not saved.
    const dropped = copyOf(run.model);
    queueAll(run, { twin: dropped, calls: more });
    const twin = takenOver(dropped, run.model);
    await run.it.withLock(
      'work',
      async () => {
        await expectState(run, { stored: run.model });
        await mixAll(run, { twin, calls });
        if (isOdd) await run.it.pipeline(() => queueAll(run, { twin, calls: more }));
        await mixAll(run, { twin, calls: calls.slice(1) });
      },
      { saveAtEnd: true },
    );
    return twin;
  },
  'lock around a throwing pipeline': async (run, { calls, more, isOdd }) => {
    const twin = copyOf(run.model);
    await run.it.withLock(
      'work',
      async () => {
        if (isOdd) await mixAll(run, { twin, calls });
        const thrown = run.it.pipeline(() => {
          queueAll(run, { twin: copyOf(twin), calls: more });
          throwing('changed my mind');
        });
        await expect(thrown).rejects.toThrow('changed my mind');
        expect(plainOf(run.subject, run.it.toJSON())).toEqual(twin);
        await mixAll(run, { twin, calls: calls.slice(1) });
      },
      { saveAtEnd: true },
    );
    return twin;
  },
  'lock that saves nothing': async (run, { calls, isOdd }) => {
    const twin = copyOf(run.model);
    await run.it.withLock('work', () => queueAll(run, { twin, calls }));
    return endPending(run, twin, isOdd);
  },
  'throwing lock': async (run, { calls, isOdd }) => {
    const twin = copyOf(run.model);
    const work = async (): Promise<void> => {
      queueAll(run, { twin, calls });
      await Promise.resolve();
      throwing('changed my mind');
    };
    await expect(run.it.withLock('work', work, { saveAtEnd: true })).rejects.toThrow('changed my mind');
    return endPending(run, twin, isOdd);
  },
  'lock in a lock': async (run, { calls, more, isOdd, draw }) => {
    const twin = copyOf(run.model);
    await run.it.withLock(
      'work',
      async () => {
        await mixAll(run, { twin, calls });
        // Changes that wait for the end of the outer section stay, and the first save writes them.
        const inner = run.it.withLock(
          draw.n < 0 ? 'work' : 'pay',
          async () => {
            expect(plainOf(run.subject, run.it.toJSON())).toEqual(twin);
            await mixAll(run, { twin, calls: more });
            if (draw.i % 2 === 0) throwing('changed my mind');
          },
          { saveAtEnd: isOdd },
        );
        await (draw.i % 2 === 0 ? expect(inner).rejects.toThrow('changed my mind') : inner);
        await mixAll(run, { twin, calls: calls.slice(1) });
      },
      { saveAtEnd: true },
    );
    return twin;
  },
} satisfies Record<string, RunBlock>;

/** Locks that are held by handles, or taken by the key of the document. */
const HELD_LOCKS = {
  'lock of the instance': async (run, { calls, more, isOdd }) => {
    const dropped = copyOf(run.model);
    queueAll(run, { twin: dropped, calls: more });
    const twin = takenOver(dropped, run.model);
    const lock = await run.it.lock('work');
    await mixAll(run, { twin, calls });
    if (isOdd) await run.it.pipeline(() => queueAll(run, { twin, calls: more }));
    await mixAll(run, { twin, calls: calls.slice(1) });
    await lock.release();
    await run.it.saveChanges();
    return twin;
  },
  'lock from a key': async (run, { calls, more, isOdd }) => {
    const { subject, it } = run;
    const twin = copyOf(run.model);
    const lock = await subject.model.lockFromKey(subject.key, 'work');
    await mixAll(run, { twin, calls, it: lock.document });
    if (isOdd) await lock.document.pipeline(() => queueAll(run, { twin, calls: more, it: lock.document }));
    await lock.document.saveChanges();
    expect(plainOf(subject, lock.document.toJSON())).toEqual(twin);
    await lock.release();
    await it.load();
    return takenOver(run.model, twin);
  },
  'section from a key': async (run, { calls, more, isOdd }) => {
    const { subject, it } = run;
    let twin = copyOf(run.model);
    const work = async (document: typeof it): Promise<void> => {
      await sendAll(run, { twin, calls, it: document });
      const kept = copyOf(twin);
      queueAll(run, { twin, calls: more, it: document });
      expect(plainOf(subject, document.toJSON())).toEqual(twin);
      // What was not saved is gone with its instance.
      if (!isOdd) twin = kept;
    };
    await subject.model.withLockFromKey(subject.key, 'work', work, { saveAtEnd: isOdd });
    await it.load();
    return takenOver(run.model, twin);
  },
} satisfies Record<string, RunBlock>;

export const LOCKS = { ...SECTIONS, ...HELD_LOCKS };
