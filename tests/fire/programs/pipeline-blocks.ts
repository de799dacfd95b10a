import type { AtomicRedisModel } from 'redatom';
import { endPending, throwing, type Block, type RunBlock } from './block';
import { hold } from './handles';
import { collectAll, queueAll, type Run } from './run';
import { copyOf } from './twins';

/** How deep pipelines are nested. */
const DEPTH = 3;

/** Nested pipelines. The bits of `fates` say which of them throw. Resolves to what the outermost one leaves behind. */
async function nested<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  { calls, more, draw }: Block,
  { twin, fates, depth = DEPTH }: { twin: Twin; fates: number; depth?: number },
): Promise<Twin> {
  let inside = copyOf(twin);
  const thrown = await run.it
    .pipeline(async () => {
      await collectAll(run, { twin: inside, calls: depth % 2 === 0 ? calls : more });
      hold(run, inside, { ...draw, j: depth });
      if (depth > 1) inside = await nested(run, { calls, more, draw } as Block, { twin: inside, fates: fates >> 1, depth: depth - 1 });
      queueAll(run, { twin: inside, calls: calls.slice(depth) });
      if (fates % 2 === 1) throwing('not this');
    })
    .then(
      () => false,
      (error: Error) => error.message === 'not this' || Promise.reject(error),
    );
  return thrown ? twin : inside;
}

/** Pipelines that are committed, that become part of others, or that are undone. */
export const PIPELINES = {
  pipeline: async (run, { calls }) => {
    const twin = copyOf(run.model);
    await run.it.pipeline(() => queueAll(run, { twin, calls }));
    return twin;
  },
  'pipeline with verbs that go to Redis elsewhere': async (run, { calls, more }) => {
    const twin = copyOf(run.model);
    await run.it.pipeline(async () => {
      await collectAll(run, { twin, calls });
      queueAll(run, { twin, calls: more });
    });
    return twin;
  },
  'pipeline that makes the document anew': async (run, { calls, more }) => {
    const twin = copyOf(run.model);
    await run.it.pipeline(async () => {
      queueAll(run, { twin, calls });
      await run.it.delete();
      await run.it.save({ mustBeNew: true });
      queueAll(run, { twin, calls: more });
    });
    return twin;
  },
  'pipeline in a pipeline': async (run, { calls, more, isOdd }) => {
    const twin = copyOf(run.model);
    await run.it.pipeline(async () => {
      queueAll(run, { twin, calls });
      const inner = isOdd ? twin : copyOf(twin);
      const nested = run.it.pipeline(() => {
        queueAll(run, { twin: inner, calls: more });
        if (!isOdd) throwing('not this');
      });
      await (isOdd ? nested : expect(nested).rejects.toThrow('not this'));
      queueAll(run, { twin, calls: more.slice(1) });
    });
    return twin;
  },
  'pipelines in each other': async (run, block) => nested(run, block, { twin: run.model, fates: block.draw.i }),
  'throwing pipeline': async (run, { calls, more, isOdd }) => {
    const before = copyOf(run.model);
    if (isOdd) queueAll(run, { twin: before, calls: more });
    const inside = copyOf(before);
    const thrown = run.it.pipeline(() => {
      queueAll(run, { twin: inside, calls });
      throwing('changed my mind');
    });
    await expect(thrown).rejects.toThrow('changed my mind');
    return endPending(run, before, true);
  },
  'refused pipeline': async (run, { calls }) => {
    const { server, subject, model, it } = run;
    const { path, of, bump } = subject.obstacle;
    await server.send('JSON.SET', it.key, path, '"no number"');
    const refused = it.pipeline(() => {
      queueAll(run, { twin: copyOf(model), calls });
      bump(it);
    });
    await expect(refused).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
    await server.send('JSON.SET', it.key, path, String(of(model)));
    return model;
  },
} satisfies Record<string, RunBlock>;
