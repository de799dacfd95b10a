import { connect, RedatomError } from 'redatom';
import { Ledger } from './models';
import type { Conversation } from './worker-protocol';

export interface RestartParams {
  readonly url: string;
  readonly pk: string;
  readonly worker: number;
  /** Flows of this process that send at the same time. */
  readonly lanes: number;
  readonly timeoutMs: number;
}

/** How one verb ended. */
export type Outcome = 'done' | 'not done' | 'unknown';
export type VerbName = 'increase' | 'append' | 'commit' | 'pop';

export interface Attempt {
  readonly verb: VerbName;
  readonly id: string;
  readonly outcome: Outcome;
  readonly ms: number;
  /** The item that a pop answered. */
  readonly taken?: string;
}

/** What one process saw. */
export interface RestartWork {
  readonly attempts: Attempt[];
  /** Verbs that were done after the cue that the server is back. */
  readonly doneAfterwards: number;
  /** Errors of any other kind. */
  readonly others: string[];
}

const VERBS: Record<VerbName, (ledger: Ledger, id: string, timeoutMs: number) => Promise<string | void>> = {
  increase: async ({ total }, _id, timeoutMs) => void (await total.increase(1, { timeoutMs })),
  append: async ({ log }, id, timeoutMs) => void (await log.aappend(id, { timeoutMs })),
  commit: async (ledger, id, timeoutMs) => {
    const change = ({ commits, log, marks }: Ledger): void => {
      commits.add(1);
      log.append(id);
      marks.set(id, 1);
    };
    await ledger.pipeline(change, { timeoutMs });
  },
  pop: async ({ inbox }, _id, timeoutMs) => (await inbox.apop(0, { timeoutMs })) ?? undefined,
};
const NAMES = Object.keys(VERBS) as VerbName[];

/** Sends verbs in several flows, while the server is killed and comes back, until it is told to stop. */
export async function writeThroughRestarts(params: RestartParams, conversation: Conversation): Promise<RestartWork> {
  const { url, pk, worker, lanes, timeoutMs } = params;
  // The verbs have a short limit of their own. Connecting may take longer, because starting processes compete for the machine.
  const database = await connect({ url, timeoutMs: 10_000 }, { models: [Ledger] });
  const state = { isBack: false, isOver: false, doneAfterwards: 0 };
  const [attempts, others]: [Attempt[], string[]] = [[], []];
  void conversation.cue('back').then(() => (state.isBack = true));
  void conversation.cue('stop').then(() => (state.isOver = true));

  async function attempt(ledger: Ledger, verb: VerbName, id: string): Promise<void> {
    const begin = performance.now();
    const isLate = state.isBack;
    const settled = await settle(VERBS[verb](ledger, id, timeoutMs));
    if (typeof settled === 'string') others.push(settled);
    else attempts.push({ verb, id, ms: performance.now() - begin, ...settled });
    if (typeof settled === 'string' || settled.outcome !== 'done') return;
    if (isLate) state.doneAfterwards += 1;
    if (isLate && state.doneAfterwards === lanes) conversation.report('recovered');
  }

  async function lane(first: Ledger, number: number): Promise<void> {
    let ledger = first;
    for (let n = 0; !state.isOver; n += 1) {
      await attempt(ledger, NAMES[(n + number) % NAMES.length] as VerbName, `${worker}-${number}-${n}`);
      if (ledger.isStale) ledger = await reloaded(ledger);
    }
  }

  /** The instance as it is stored, or another one to go on with while the server is away. */
  async function reloaded(stale: Ledger): Promise<Ledger> {
    try {
      return await stale.load({ timeoutMs });
    } catch {
      return Ledger.build({ name: pk });
    }
  }

  const ledgers = await Promise.all(Array.from({ length: lanes }, () => Ledger.get(pk)));
  const writing = Promise.all(ledgers.map(lane));
  conversation.report('writing');
  await writing;
  await database.close();
  return { attempts, doneAfterwards: state.doneAfterwards, others };
}

async function settle(work: Promise<string | void>): Promise<{ outcome: Outcome; taken?: string } | string> {
  try {
    const taken = await work;
    return { outcome: 'done', ...(typeof taken === 'string' ? { taken } : {}) };
  } catch (error) {
    if (!(error instanceof RedatomError)) return String(error);
    if (error.code === 'OUTCOME_UNKNOWN') return { outcome: 'unknown' };
    // A server that is starting refuses what it is sent until it has read its data.
    const refused = error.code === 'REDIS_SERVICE' && (error as RedatomError & { reply?: string }).reply === 'LOADING';
    return error.code === 'REDIS_CONNECTION' || refused ? { outcome: 'not done' } : `${error.code}: ${error.message}`;
  }
}
