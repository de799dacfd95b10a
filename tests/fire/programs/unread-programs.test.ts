import fc from 'fast-check';
import { type DocumentAt, RedatomError } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { Plan, Task } from '../../support/plan';
import { READS, Refused, STEPS, wholePlan, type Draw } from './unread';

const name = fc.constantFrom('a' as const, 'b' as const);
const draw: fc.Arbitrary<Draw> = fc.record({ name, inner: name, n: fc.nat(3) });
type Call = readonly [index: number, draw: Draw];

const anyStep = fc.nat(STEPS.length - 1);

/** Programs of few different steps, so that these often meet in the same place. */
const programOf = (maxLength: number): fc.Arbitrary<readonly Call[]> =>
  fc
    .tuple(fc.uniqueArray(anyStep, { minLength: 1, maxLength: 5 }), fc.array(fc.tuple(fc.nat(99), draw), { minLength: 1, maxLength }))
    .map(([few, calls]) => calls.map(([index, drawn]) => [few[index % few.length] as number, drawn]));

/** Stored tasks and plans, from which an older program has left out some members. */
const leaf = fc.record({ tries: fc.nat(3), log: fc.constantFrom([], ['x', 'y']) }, { requiredKeys: [] });
const task = fc.record(
  {
    tries: fc.nat(3),
    state: fc.constant('old'),
    log: fc.constantFrom([], ['x']),
    costs: fc.constantFrom({}, { a: 1 }),
    fallback: fc.option(leaf),
  },
  { requiredKeys: [] },
);
const members = <T>(member: fc.Arbitrary<T>) => fc.record({ a: member, b: member }, { requiredKeys: [] });
const plan = fc.record(
  {
    runs: fc.nat(3),
    notes: fc.constantFrom(null, [], ['x']),
    tasks: members(task),
    drafts: members(fc.option(task)),
    groups: members(fc.constantFrom([], ['x'])),
    stages: members(members(leaf)),
    first: task,
    last: fc.option(task),
    spare: task,
  },
  { requiredKeys: ['first'] },
);

/** What the steps make of plain data; undefined when one of them is refused, and with it all of them. */
function expected(stored: object, calls: readonly Call[]): object | undefined {
  const twin = structuredClone(wholePlan(stored));
  try {
    for (const [index, drawn] of calls) STEPS[index]?.plain(twin, drawn);
    return twin;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

async function wasDone(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!(error instanceof RedatomError) || !['PATH_MISMATCH', 'COMMIT_REFUSED'].includes(error.code)) throw error;
    return false;
  }
}

/** What a read gives, or that it is refused. */
async function outcomeOf(read: () => unknown): Promise<unknown> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof Refused || (error instanceof RedatomError && error.code === 'PATH_MISMATCH')) return 'refused';
    throw error;
  }
}

describeOnEveryBackend('random programs on documents that are not read', (backend) => {
  useModels(backend, Plan, Task);
  const at = Plan.at('random');

  /** Runs some calls as one, and compares what is stored with what the same steps make of plain data. */
  async function runTogether(calls: readonly Call[], work: () => Promise<unknown>): Promise<void> {
    const before = (await backend.json(at.key)) as object;
    const twin = expected(before, calls);

    const isDone = await wasDone(work());

    const after = (await backend.json(at.key)) as object;
    const steps = calls.map(([index, drawn]) => `${STEPS[index]?.name} ${JSON.stringify(drawn)}`);
    expect({ steps, before, isDone }).toEqual({ steps, before, isDone: twin !== undefined });
    if (twin === undefined) expect({ steps, after }).toEqual({ steps, after: before });
    else expect({ steps, before, after: wholePlan(after) }).toEqual({ steps, before, after: twin });
  }

  const run = (document: DocumentAt<Plan>, [index, drawn]: Call): Promise<unknown> | undefined => STEPS[index]?.run(document, drawn);

  test('each verb does what it does to plain data, or is refused and does nothing', async () => {
    await fc.assert(
      fc.asyncProperty(plan, programOf(6), async (stored, calls) => {
        await backend.send('JSON.SET', at.key, '$', JSON.stringify(stored));
        for (const call of calls) await runTogether([call], async () => run(at, call));
      }),
      { numRuns: 400 },
    );
  });

  test('each read gives what plain data has, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.array(fc.tuple(fc.constantFrom(...READS), draw), { minLength: 1, maxLength: 8 }), async (stored, reads) => {
        await backend.send('JSON.SET', at.key, '$', JSON.stringify(stored));
        for (const [read, drawn] of reads) {
          const facts = { read: read.name, drawn, stored };
          const given = await outcomeOf(() => read.run(at, drawn));
          expect({ ...facts, given }).toEqual({ ...facts, given: await outcomeOf(() => read.plain(wholePlan(stored), drawn)) });
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('so does a pipeline of them, as a whole, whether each is waited for or not', async () => {
    await fc.assert(
      fc.asyncProperty(plan, programOf(8), fc.boolean(), async (stored, calls, isAwaited) => {
        await backend.send('JSON.SET', at.key, '$', JSON.stringify(stored));
        await runTogether(calls, () =>
          at.pipeline(async (queued) => {
            for (const call of calls) {
              const verb = run(queued as unknown as DocumentAt<Plan>, call);
              if (isAwaited) await verb;
            }
          }),
        );
      }),
      { numRuns: 800 },
    );
  });
});
