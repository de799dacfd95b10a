import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { connect, pipeline, type CallOptions, type DocumentAt } from 'redatom';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import { letHappen, newMark, randomFault, type RandomFault } from '../support/random-faults';
import { untilConnected } from '../support/until-connected';
import { outcomeOf } from '../support/verbs';

type Append = (mark: string, call?: CallOptions) => Promise<unknown>;

/** What an instance and a document that was not read have in common. */
interface Marked {
  readonly log: { readonly aappend: Append };
  readonly inbox: { readonly aappend: Append };
  readonly trace: { readonly aappend: Append };
  readonly marks: { asetItem(mark: string, value: number, call?: CallOptions): Promise<unknown> };
  readonly total: { adjust(n: number, bounds: { min: number }): Promise<unknown> };
}

/** Writes a text that no other call writes. */
type Write = (document: Marked, mark: string, call: CallOptions) => Promise<unknown>;

/** The documents are stored without any of these fields, so defaults are put first. */
const WRITES: readonly Write[] = [
  ({ log }, mark, call) => log.aappend(mark, call),
  ({ inbox }, mark, call) => inbox.aappend(mark, call),
  ({ trace }, mark, call) => trace.aappend(mark, call),
  ({ marks }, mark, call) => marks.asetItem(mark, 1, call),
];

/** What a step writes. */
interface Writes {
  readonly first: (document: Marked) => Promise<unknown>;
  readonly all: (document: Marked) => Promise<unknown>;
}

const unread = (): DocumentAt<Ledger> => Ledger.at('unread');

/** The ways to call. Nothing else writes to the document of the instance. */
const CALLS = {
  'a verb': (own, { first }) => first(own),
  'a verb of a document that was not read': (_own, { first }) => first(unread()),
  'a pipeline': (own, { all }, call) => own.pipeline(all, call),
  'a pipeline of a document that was not read': (_own, { all }, call) => unread().pipeline(all, call),
  'a pipeline of both': (own, { all }, call) => pipeline([own, unread()], ([it, other]) => Promise.all([all(it), all(other)]), call),
} satisfies Record<string, (own: Ledger, writes: Writes, call: CallOptions) => Promise<unknown>>;

interface Step {
  readonly name: keyof typeof CALLS;
  readonly writes: readonly number[];
  /** Happens to the next request, whatever that is. */
  readonly fault: RandomFault;
  readonly timeoutMs: number | undefined;
  /** The commit of a pipeline is refused. */
  readonly isRefused: boolean;
  readonly isAwaited: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...(Object.keys(CALLS) as (keyof typeof CALLS)[])),
  writes: fc.array(fc.nat(WRITES.length - 1), { minLength: 1, maxLength: 3 }),
  fault: randomFault,
  timeoutMs: fc.constantFrom(undefined, undefined, 1, 50),
  isRefused: fc.integer({ min: 0, max: 3 }).map((n) => n === 3),
  isAwaited: fc.boolean(),
});

/** A call, how it ended, and the texts that it was to write. */
interface Told {
  readonly call: string;
  readonly code: string;
  readonly marks: readonly string[];
}

function start(own: Ledger, { name, writes, timeoutMs, isRefused }: Step): Promise<Told> {
  const marks: string[] = [];
  const write = (document: Marked, at: number): Promise<unknown> => {
    marks.push(newMark());
    return (WRITES[at] as Write)(document, marks.at(-1) as string, { timeoutMs });
  };
  const first = (document: Marked): Promise<unknown> => write(document, writes[0] as number);
  const all = (document: Marked): Promise<unknown> => {
    if (isRefused) void document.total.adjust(-1, { min: 0 });
    return Promise.all(writes.map((at) => write(document, at)));
  };
  return outcomeOf(CALLS[name](own, { first, all }, { timeoutMs })).then(({ code }) => ({ call: name, code, marks }));
}

const TIMES: Record<string, readonly number[]> = { done: [1], OUTCOME_UNKNOWN: [0, 1] };

async function runProgram(server: OwnServer, proxy: TcpProxy, steps: readonly Step[]): Promise<void> {
  for (const name of ['own', 'unread']) await server.send('JSON.SET', Ledger.keyOf(name), '$', JSON.stringify({ name }));
  const own = await Ledger.get('own', { timeoutMs: 5000 });
  const calls: Promise<Told>[] = [];
  for (const each of steps) {
    await letHappen(each.fault, { server, proxy });
    calls.push(start(own, each));
    if (each.isAwaited) await calls.at(-1);
  }
  const ended = await Promise.all(calls);
  await sleep(20);
  const stored = await server.send<[own: string, unread: string]>('JSON.MGET', own.key, unread().key, '.');
  const text = stored.join();
  for (const { call, code, marks } of ended) {
    const times = new Set(marks.map((mark) => text.split(mark).length - 1));
    const [found = 0, ...others] = [...times];
    expect({ call, code, others, isTrue: (TIMES[code] ?? [0]).includes(found) }).toEqual({ call, code, others: [], isTrue: true });
  }
  if (!own.isStale) expect(own.toJSON()).toEqual({ ...Ledger.build({ name: 'own' }).toJSON(), ...(JSON.parse(stored[0]) as object) });
}

describeOnOwnServers('random calls over a connection that fails at random', (server) => {
  test('each is done once, not at all, or unknown, as reported', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const proxy = await TcpProxy.start(server().url);
        const database = await untilConnected(() => connect({ url: proxy.url, timeoutMs: 300 }, { models: [Ledger] }));
        try {
          await runProgram(server(), proxy, steps);
        } finally {
          await database.close();
          await proxy.close();
        }
      }),
      { numRuns: 40 },
    );
  });
});
