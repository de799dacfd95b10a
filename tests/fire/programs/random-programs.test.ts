import fc from 'fast-check';
import { connect, type AtomicRedisModel, type Database } from 'redatom';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import { BLOCKS, type Block } from './blocks';
import type { Draw, Step, Subject } from './contract';
import { Nest } from './nest';
import { nest } from './nest-subject';
import { Program } from './program';
import { program } from './program-subject';
import { expectState, stepOf, type Call, type Run } from './run';

/** How many places a program works on: with few of them its steps meet. */
const MOST_PLACES = 2;
const ANY_STEP = 999;

const draw: fc.Arbitrary<Draw> = fc.record({
  n: fc.integer({ min: -5, max: 5 }),
  s: fc.constantFrom('a', 'a', 'b', '*', 'é"'),
  i: fc.nat(7),
  j: fc.nat(5),
});
const call: fc.Arbitrary<Call> = fc.tuple(fc.nat(ANY_STEP), draw);
const block: fc.Arbitrary<Block> = fc.record({
  how: fc.constantFrom(...(Object.keys(BLOCKS) as Block['how'][])),
  calls: fc.array(call, { minLength: 1, maxLength: 8 }),
  more: fc.array(call, { maxLength: 4 }),
  isOdd: fc.boolean(),
  draw,
});

/** The first word of the name of a step. */
const placeOf = ({ name }: { name: string }): string => /^\w+/.exec(name)?.[0] ?? name;

function programsOf<It, Twin>(steps: readonly Step<It, Twin>[]): fc.Arbitrary<[places: string[], blocks: Block[]]> {
  const places = [...new Set(steps.map(placeOf))];
  return fc.tuple(
    fc.uniqueArray(fc.constantFrom(...places), { minLength: 1, maxLength: MOST_PLACES }),
    fc.array(block, { minLength: 1, maxLength: 8 }),
  );
}

const counts = { programs: 0, blocks: 0 };

async function runProgram<It extends AtomicRedisModel, Twin extends object>(
  { server, subject }: { server: OwnServer; subject: Subject<It, Twin> },
  [places, blocks]: [places: string[], blocks: Block[]],
): Promise<void> {
  let model = subject.fresh();
  await server.send('JSON.SET', subject.key, '$', JSON.stringify(model));
  const steps = subject.steps.filter((step) => places.includes(placeOf(step)));
  const held = subject.held.filter(({ place }) => places.includes(place));
  const [it, other] = [await subject.get(), await subject.get()];
  const now = (): Run<It, Twin> => ({ server, subject, steps, held, it, other, model });
  for (const each of blocks) {
    try {
      model = await BLOCKS[each.how](now(), each);
      await expectState(now(), { stored: model });
    } catch (error) {
      const told = (calls: readonly Call[]): string => calls.map(([index]) => stepOf(now(), index).name).join(', ');
      throw new Error(`${each.how}: ${told(each.calls)}; then ${told(each.more)}`, { cause: error });
    }
    counts.blocks += 1;
  }
  await it.saveChanges();
  await expectState(now(), { stored: model });
  await Promise.all([it.load(), other.load()]);
  await expectState(now(), { stored: model });
  expect(other.toJSON()).toEqual(model);
  counts.programs += 1;
}

describeOnOwnServers('random programs', (server) => {
  let database: Database;

  beforeAll(async () => {
    database = await connect(server().url, { models: [Program, Nest] });
  });
  afterAll(async () => {
    console.log(`${counts.programs} programs with ${counts.blocks} blocks: equal after each`);
    await database.close();
  });

  async function runAll<It extends AtomicRedisModel, Twin extends object>(subject: Subject<It, Twin>, numRuns: number): Promise<void> {
    const run = (drawn: [string[], Block[]]): Promise<void> => runProgram({ server: server(), subject }, drawn);
    await fc.assert(fc.asyncProperty(programsOf(subject.steps), run), { numRuns });
  }

  test('the document, the instance and a plain model are equal after each step', () => runAll(program, 250));

  test('also with values of all types, in each other', () => runAll(nest, 300));
});
