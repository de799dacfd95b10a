import type { AtomicRedisModel, RedatomError } from 'redatom';
import { errorWith } from '../../support/error-with';
import { throwing, type RunBlock } from './block';
import { CLEARING, changeOf, expectHandles, hold, placeOf, type HandleChange } from './handles';
import { mixAll, plainOf, queueAll, sendAll, type Run } from './run';
import { copyOf, isSame, refill, takenOver, valueAt, type Segment } from './twins';

/** For each held value the change to make, and the twin of the value if it is still there. */
function* changesOf<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  { twin, n }: { twin: Twin; n: number },
): Generator<{ change: HandleChange; plain: object | undefined }> {
  for (const handle of run.handles) {
    const plain = placeOf(run, twin, handle)?.value;
    yield { plain, change: changeOf(run, handle, plain === undefined ? CLEARING : n) };
  }
}

/** Uses all held values, whether they are still there or not. */
function useHere<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, work: { twin: Twin; n: number }): void {
  for (const { change, plain } of changesOf(run, work)) {
    if (plain === undefined) expect(change.here).toThrow(errorWith({ code: 'STALE_ITEM' }));
    else {
      change.here();
      change.plain(plain);
    }
  }
}

async function useAtOnce<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  work: { twin: Twin; n: number },
): Promise<void> {
  for (const { change, plain } of changesOf(run, work)) {
    if (plain === undefined) await expect(change.atOnce()).rejects.toMatchObject({ code: 'STALE_ITEM' });
    else {
      await change.atOnce();
      change.plain(plain);
    }
  }
}

/**
 * Whether the server finds, on the way to a place that the instance knows, the items that the instance expects there. Items without keys are compared by
 * all that is in them, or not at all with `by key`.
 */
function isFound([local, stored]: readonly [local: object, stored: object], path: readonly Segment[], how: 'by value' | 'by key'): boolean {
  return path.every((segment, index) => {
    if (typeof segment !== 'number') return true;
    const [expected, found] = [local, stored].map((twin) => valueAt(twin, path.slice(0, index + 1))) as { id?: string }[];
    return expected?.id === undefined ? how === 'by key' || isSame(expected, found) : expected.id === found?.id;
  });
}

/** Checks that work is refused because nothing, or something else, is at the place. */
async function expectRefusal(work: Promise<unknown>): Promise<void> {
  const refused = await work.catch((error: unknown) => error);
  expect(['STALE_ITEM', 'PATH_MISMATCH', 'KEY_NOT_FOUND']).toContain((refused as RedatomError).code);
}

/** Blocks in which a user holds values from inside the document. */
export const HANDLES = {
  'held values': async (run, { calls, more, isOdd, draw }) => {
    const twin = copyOf(run.model);
    hold(run, twin, draw);
    await mixAll(run, { twin, calls });
    hold(run, twin, { ...draw, i: draw.j });
    if (isOdd) await useAtOnce(run, { twin, n: draw.n });
    else useHere(run, { twin, n: draw.n });
    await mixAll(run, { twin, calls: more });
    await run.it.saveChanges();
    return twin;
  },
  'held values in a pipeline': async (run, { calls, more, isOdd, draw }) => {
    const { it, model } = run;
    const twin = copyOf(model);
    hold(run, twin, draw);
    const work = it.pipeline(() => {
      queueAll(run, { twin, calls });
      hold(run, twin, { ...draw, i: draw.j });
      useHere(run, { twin, n: draw.n });
      queueAll(run, { twin, calls: more });
      useHere(run, { twin, n: 1 });
      if (isOdd) throwing('changed my mind');
    });
    await (isOdd ? expect(work).rejects.toThrow('changed my mind') : work);
    return isOdd ? model : twin;
  },
  /** On an instance whose values nobody has accessed before. */
  'held values in a first pipeline': async (run, { calls, more, isOdd, draw }) => {
    const { subject, it, model } = run;
    const first = { ...run, it: await subject.model.get(it.key), handles: [] };
    const twin = copyOf(model);
    const work = first.it.pipeline(() => {
      if (draw.n < 0) hold(first, twin, draw);
      queueAll(first, { twin, calls });
      hold(first, twin, { ...draw, i: draw.j });
      queueAll(first, { twin, calls: more });
      hold(first, twin, draw);
      if (isOdd) throwing('changed my mind');
    });
    await (isOdd ? expect(work).rejects.toThrow('changed my mind') : work);
    const stored = isOdd ? model : twin;
    expectHandles(first, stored);
    expect(plainOf(subject, first.it.toJSON())).toEqual(stored);
    await it.load();
    return takenOver(model, stored);
  },
  'held values that others move': async (run, { calls, draw }) => {
    const { it, other } = run;
    const [local, stored] = [copyOf(run.model), copyOf(run.model)];
    hold(run, local, draw);
    const handle = run.handles.at(-1);
    await other.load();
    await sendAll(run, { twin: stored, calls, it: other });
    const place = handle && placeOf(run, local, handle);
    if (handle !== undefined && place !== undefined) {
      const { atOnce, plain } = changeOf(run, handle);
      const there = isFound([local, stored], place.path, 'by value') ? valueAt(stored, place.path) : undefined;
      if (typeof there === 'object' && there !== null) {
        await atOnce();
        plain(there);
        plain(place.value);
      } else await expectRefusal(atOnce());
    }
    await it.load();
    return takenOver(local, stored);
  },
  'held values that are read alone': async (run, { calls, more, draw }) => {
    const { it, other, subject } = run;
    const [local, stored] = [copyOf(run.model), copyOf(run.model)];
    hold(run, local, draw);
    const handle = run.handles.at(-1);
    const place = handle && placeOf(run, local, handle);
    await other.load();
    await sendAll(run, { twin: stored, calls, it: other });
    await other.pipeline(() => queueAll(run, { twin: stored, calls: more, it: other }));
    if (handle !== undefined && place !== undefined) {
      const there = isFound([local, stored], place.path, 'by key') ? valueAt(stored, place.path) : undefined;
      if (typeof there === 'object' && there !== null) {
        await (handle.value as { load(): Promise<unknown> }).load();
        refill(place.value, takenOver(place.value, there));
        expect(plainOf(subject, it.toJSON())).toEqual(local);
      } else await expectRefusal((handle.value as { load(): Promise<unknown> }).load());
    }
    await it.load();
    return takenOver(local, stored);
  },
} satisfies Record<string, RunBlock>;
