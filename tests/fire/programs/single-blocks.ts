import type { RunBlock } from './block';
import { blind, mixAll, queueAll, sendAll, stepOf } from './run';
import { copyOf } from './twins';

/** Steps without pipelines, locks or a second instance. */
export const ALONE = {
  'at once': async (run, { calls }) => {
    const twin = copyOf(run.model);
    await sendAll(run, { twin, calls });
    return twin;
  },
  'without waiting': async (run, { calls }) => {
    const twin = copyOf(run.model);
    const sent = blind(run, calls);
    const replies = await Promise.all(sent.map(async ([index, draw]) => stepOf(run, index).atOnce?.(run.it, draw)));
    sent.forEach(([index, draw], position) => stepOf(run, index).plain(twin, draw, replies[position]));
    return twin;
  },
  mixed: async (run, { calls }) => {
    const twin = copyOf(run.model);
    await mixAll(run, { twin, calls });
    await run.it.saveChanges();
    return twin;
  },
  saveChanges: async (run, { calls }) => {
    const twin = copyOf(run.model);
    queueAll(run, { twin, calls });
    await run.it.saveChanges();
    return twin;
  },
} satisfies Record<string, RunBlock>;
