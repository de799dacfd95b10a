import type { RedatomError } from 'redatom';
import type { Ledger } from './models';

export interface Verb {
  readonly name: string;
  /** The command that carries the change. */
  readonly command: string;
  readonly run: (ledger: Ledger, options?: { timeoutMs?: number; signal?: AbortSignal }) => Promise<unknown>;
}

export const VERBS: Verb[] = [
  { name: 'aappend', command: 'JSON.ARRAPPEND', run: ({ log }, options) => log.aappend('new', options) },
  { name: 'increase', command: 'JSON.NUMINCRBY', run: ({ total }, options) => total.increase(7, options) },
  { name: 'asetItem', command: 'JSON.SET', run: ({ marks }, options) => marks.asetItem('new', 1, options) },
  { name: 'aappend of a text', command: 'JSON.STRAPPEND', run: ({ trace }, options) => trace.aappend('new', options) },
  { name: 'adelItem', command: 'EVALSHA', run: ({ marks }, options) => marks.adelItem('x', options) },
  { name: 'apop', command: 'EVALSHA', run: ({ log }, options) => log.apop(-1, options) },
  { name: 'save', command: 'JSON.SET', run: (it, options) => ((it.plain = 9), it.save(options)) },
  { name: 'saveChanges', command: 'EVALSHA', run: (it, options) => ((it.plain = 9), it.saveChanges(options)) },
  { name: 'aupdate', command: 'JSON.SET', run: (it, options) => it.aupdate({ plain: 9 }, options) },
  { name: 'delete', command: 'DEL', run: (it, options) => it.delete(options) },
  {
    name: 'a pipeline',
    command: 'EVALSHA',
    run: (it, options) =>
      it.pipeline(({ total, log, marks }) => {
        total.add(5);
        log.append('new');
        marks.set('new', 2);
      }, options),
  },
];

export const INIT = { name: 'one', log: ['a', 'b'], marks: { x: 1 }, total: 3 };
/** How much later than its deadline a verb may end on a busy machine. */
export const SLACK_MS = 400;
export const CONNECTION_TIMEOUT_MS = 1000;

export async function outcomeOf(work: Promise<unknown>): Promise<{ code: string; ms: number; error: RedatomError | undefined }> {
  const begin = performance.now();
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason as RedatomError,
  );
  return { code: error === undefined ? 'done' : error.code, ms: performance.now() - begin, error };
}
