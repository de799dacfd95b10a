import type { AtomicRedisModel } from 'redatom';
import { pick, type Draw } from './contract';
import { blind, expectState, mixAll, queueAll, sendAll, stepOf, type Call, type Run } from './run';

/** Some steps, and how they are run. */
export interface Block {
  readonly how: keyof typeof BLOCKS;
  readonly calls: readonly Call[];
  /** Steps of another part of the block. */
  readonly more: readonly Call[];
  /** Chooses between two ways for the block to go on. */
  readonly isOdd: boolean;
  readonly draw: Draw;
}

/** Runs a block. Resolves to what is stored then, and held by the instance; the model of before stays as it was. */
type RunBlock = <It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, block: Omit<Block, 'how'>) => Promise<Twin>;

const throwing = (message: string): never => {
  throw new Error(message);
};

/** Local changes that were not written: some write them later, some let them go. */
const endPending: <It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  twin: Twin,
  isKept: boolean,
) => Promise<Twin> = async (run, twin, isKept) => {
  await expectState(run, { stored: run.model, local: twin });
  await (isKept ? run.it.saveChanges() : run.it.load());
  return isKept ? twin : run.model;
};

const ALONE = {
  'at once': async (run, { calls }) => {
    const twin = structuredClone(run.model);
    await sendAll(run, { twin, calls });
    return twin;
  },
  'without waiting': async (run, { calls }) => {
    const twin = structuredClone(run.model);
    const sent = blind(run, calls);
    const replies = await Promise.all(sent.map(async ([index, draw]) => stepOf(run, index).atOnce?.(run.it, draw)));
    sent.forEach(([index, draw], position) => stepOf(run, index).plain(twin, draw, replies[position]));
    return twin;
  },
  mixed: async (run, { calls }) => {
    const twin = structuredClone(run.model);
    await mixAll(run, { twin, calls });
    await run.it.saveChanges();
    return twin;
  },
  saveChanges: async (run, { calls }) => {
    const twin = structuredClone(run.model);
    queueAll(run, { twin, calls });
    await run.it.saveChanges();
    return twin;
  },
} satisfies Record<string, RunBlock>;

const PIPELINES = {
  pipeline: async (run, { calls }) => {
    const twin = structuredClone(run.model);
    await run.it.pipeline(() => queueAll(run, { twin, calls }));
    return twin;
  },
  'pipeline in a pipeline': async (run, { calls, more, isOdd }) => {
    const twin = structuredClone(run.model);
    await run.it.pipeline(async () => {
      queueAll(run, { twin, calls });
      const inner = isOdd ? twin : structuredClone(twin);
      const nested = run.it.pipeline(() => {
        queueAll(run, { twin: inner, calls: more });
        if (!isOdd) throwing('not this');
      });
      await (isOdd ? nested : expect(nested).rejects.toThrow('not this'));
      queueAll(run, { twin, calls: more.slice(1) });
    });
    return twin;
  },
  'throwing pipeline': async (run, { calls, more, isOdd }) => {
    const before = structuredClone(run.model);
    if (isOdd) queueAll(run, { twin: before, calls: more });
    const inside = structuredClone(before);
    const thrown = run.it.pipeline(() => {
      queueAll(run, { twin: inside, calls });
      throwing('changed my mind');
    });
    await expect(thrown).rejects.toThrow('changed my mind');
    return endPending(run, before, true);
  },
  'refused pipeline': async (run, { calls }) => {
    const { server, subject, model, it } = run;
    const { path, bump, plain } = subject.obstacle;
    await server.send('JSON.SET', subject.key, path, '"no number"');
    const refused = it.pipeline(() => {
      queueAll(run, { twin: structuredClone(model), calls });
      bump(it);
    });
    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await server.send('JSON.SET', subject.key, path, String(plain(model)));
    return model;
  },
} satisfies Record<string, RunBlock>;

const LOCKS = {
  'lock that saves at its end': async (run, { calls, more, isOdd }) => {
    const twin = structuredClone(run.model);
    // Taking the lock drops what was not saved.
    queueAll(run, { twin: structuredClone(run.model), calls: more });
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
    const twin = structuredClone(run.model);
    await run.it.withLock(
      'work',
      async () => {
        if (isOdd) await mixAll(run, { twin, calls });
        const thrown = run.it.pipeline(() => {
          queueAll(run, { twin: structuredClone(twin), calls: more });
          throwing('changed my mind');
        });
        await expect(thrown).rejects.toThrow('changed my mind');
        expect(run.it.toJSON()).toEqual(twin);
        await mixAll(run, { twin, calls: calls.slice(1) });
      },
      { saveAtEnd: true },
    );
    return twin;
  },
  'lock that saves nothing': async (run, { calls, isOdd }) => {
    const twin = structuredClone(run.model);
    await run.it.withLock('work', () => queueAll(run, { twin, calls }));
    return endPending(run, twin, isOdd);
  },
  'throwing lock': async (run, { calls, isOdd }) => {
    const twin = structuredClone(run.model);
    const work = async (): Promise<void> => {
      queueAll(run, { twin, calls });
      await Promise.resolve();
      throwing('changed my mind');
    };
    await expect(run.it.withLock('work', work, { saveAtEnd: true })).rejects.toThrow('changed my mind');
    return endPending(run, twin, isOdd);
  },
} satisfies Record<string, RunBlock>;

const INSTANCES = {
  'other instance': async (run, { calls, more, isOdd }) => {
    const { it, other } = run;
    const twin = structuredClone(run.model);
    await other.load();
    await sendAll(run, { twin, calls, it: other });
    await other.pipeline(() => queueAll(run, { twin, calls: more, it: other }));
    expect(other.toJSON()).toEqual(twin);
    if (isOdd) await it.load();
    else await it.withLock('work', () => mixAll(run, { twin, calls: more }), { saveAtEnd: true });
    return twin;
  },
  'stale instance': async (run, { calls, more }) => {
    const twin = structuredClone(run.model);
    await sendAll(run, { twin, calls });
    await sendAll(run, { twin, calls: blind(run, more), it: run.other });
    await run.it.load();
    return twin;
  },
  'held value': async (run, { calls, more, isOdd, draw }) => {
    const { it } = run;
    const twin = structuredClone(run.model);
    const held = pick(run.held, draw.i);
    const [value, plain] = [held?.of(it, draw), held?.plain(twin, draw)];
    expect(value?.toJSON()).toEqual(plain ?? undefined);
    if (held === undefined || value === undefined || value === null || plain === undefined || plain === null) return twin;
    const use = async (): Promise<void> => {
      const used = value.ratio.increase(3);
      if (!held.all(twin).includes(plain)) return expect(used).rejects.toMatchObject({ code: 'STALE_ITEM' });
      await used;
      plain.ratio += 3;
    };
    await mixAll(run, { twin, calls });
    if (isOdd) await use();
    const thrown = it.pipeline(() => {
      queueAll(run, { twin: structuredClone(twin), calls: more });
      throwing('changed my mind');
    });
    await expect(thrown).rejects.toThrow('changed my mind');
    await it.saveChanges();
    if (isOdd) await it.load();
    await use();
    return twin;
  },
} satisfies Record<string, RunBlock>;

export const BLOCKS = { ...ALONE, ...PIPELINES, ...LOCKS, ...INSTANCES };
