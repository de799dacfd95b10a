import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { connect, type RedatomError } from 'redatom';
import { Batch, BatchClient, BatchConnectionError, BatchError } from 'redatom/batch';
import { TcpProxy } from '../../support/tcp-proxy';
import { Ledger } from '../support/models';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import { expectTruth, letHappen, newMark, randomFault, type RandomFault, type Told } from '../support/random-faults';
import { untilConnected } from '../support/until-connected';

/** The commands of a batch: some leave a mark, some are refused, one only reads. */
const COMMANDS = {
  push: (batch, mark) => batch.rPush('{batch}log', mark),
  append: (batch, mark) => batch.json.arrAppend('{batch}document', '$', mark),
  refused: (batch) => batch.lPop('{batch}text'),
  read: (batch) => batch.get('{batch}text'),
  change: (batch, mark, ledger) => batch.add(ledger, () => ledger.log.append(mark)),
  'refused change': (batch, _mark, ledger) => batch.add(ledger, () => void ledger.total.adjust(-1, { min: 0 })),
} satisfies Record<string, (batch: Batch, mark: string, ledger: Ledger) => unknown>;

type Command = keyof typeof COMMANDS;

const LEAVES_A_MARK: readonly Command[] = ['push', 'append', 'change'];

interface Step {
  readonly isAtomic: boolean;
  readonly commands: readonly Command[];
  readonly raiseOnError: boolean;
  /** Happens to the next request, whatever that is. */
  readonly fault: RandomFault;
  readonly timeoutMs: number;
  readonly isAwaited: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  isAtomic: fc.boolean(),
  commands: fc.array(fc.constantFrom(...(Object.keys(COMMANDS) as Command[])), { minLength: 1, maxLength: 5 }),
  raiseOnError: fc.boolean(),
  fault: randomFault,
  timeoutMs: fc.constantFrom(1, 50, 200),
  isAwaited: fc.boolean(),
});

async function runBatch(client: BatchClient, ledger: Ledger, { isAtomic, commands, raiseOnError, timeoutMs }: Step): Promise<Told[]> {
  const batch = new Batch(isAtomic);
  const marks = commands.map((name) => {
    const mark = newMark();
    COMMANDS[name](batch, name === 'append' ? `"${mark}"` : mark, ledger);
    return mark;
  });
  const codes = await codesOf(client.exec(batch, raiseOnError, { timeoutMs }));
  const told = commands.map((call, position) => ({ call, code: codes[position] as string, mark: marks[position] as string }));
  return told.filter(({ call }) => LEAVES_A_MARK.includes(call));
}

async function codesOf(exec: Promise<unknown[] | null>): Promise<string[]> {
  const results = await exec.catch((error: unknown) => {
    if (error instanceof BatchConnectionError || error instanceof BatchError) return error.results;
    throw error;
  });
  return (results ?? []).map((result) => (result instanceof Error ? (result as RedatomError).code : 'done'));
}

/** The server may still have to read requests from connections that have been cut since. */
function untilRead(): Promise<void> {
  return sleep(50);
}

/** Reads until it succeeds, because a fault can hit the read, too. */
async function readAnew(): Promise<Ledger> {
  await untilRead();
  for (;;) {
    const read = await Ledger.get('{batch}', { timeoutMs: 500 }).catch(() => undefined);
    if (read !== undefined) return read;
  }
}

async function runProgram(
  server: OwnServer,
  target: ConstructorParameters<typeof BatchClient>[0],
  steps: readonly Step[],
  proxy: TcpProxy,
): Promise<void> {
  let ledger = await Ledger.get('{batch}');
  const client = new BatchClient(target);
  const running: Promise<Told[]>[] = [];
  for (const each of steps) {
    await letHappen(each.fault, { server, proxy });
    if (ledger.isStale) ledger = await readAnew();
    running.push(runBatch(client, ledger, each));
    if (each.isAwaited) await running.at(-1);
  }
  const told = (await Promise.all(running)).flat();
  await untilRead();
  const stored = [
    await server.send<string[]>('LRANGE', '{batch}log', '0', '-1'),
    await server.json('{batch}document'),
    await server.json(ledger.key),
  ];
  expectTruth(JSON.stringify(stored), told);
  if (!ledger.isStale) expect(ledger.log).toEqual((await server.json<{ log: string[] }>(ledger.key))?.log);
}

describeOnOwnServers('batches over a connection that fails at random', (server) => {
  test('report truthfully for each command whether it was done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
        await server().send('FLUSHALL');
        await server().send('SET', '{batch}text', 'text');
        await server().send('JSON.SET', '{batch}document', '$', '[]');
        await server().send('JSON.SET', 'Ledger:{batch}', '$', JSON.stringify(Ledger.build({ name: '{batch}' })));
        const proxy = await TcpProxy.start(server().url);
        const database = await untilConnected(() => connect({ url: proxy.url, timeoutMs: 1_000 }, { models: [Ledger] }));
        try {
          await runProgram(server(), database, steps, proxy);
        } finally {
          await database.close();
          await proxy.close();
        }
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
