import fc from 'fast-check';
import type { AtomicRedisModel } from 'redatom';
import { describeOnEveryBackend, type Backend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import type { Block } from './block';
import { BLOCKS_WITH_VERSIONS, BLOCKS } from './blocks';
import { placeOf, type Draw, type Subject } from './contract';
import { expectHandles, type Handle } from './handles';
import { expectCounted, wear } from './lifetimes';
import { Nest } from './nest';
import { nest } from './nest-subject';
import { Program } from './program';
import { program } from './program-subject';
import { expectState, stepOf, type Call, type Run } from './run';
import { Shelf } from './shelf';
import { shelf } from './shelf-subject';

/** A program works on few places, so that its steps meet. */
const MAX_PLACES = 2;
const ANY_STEP = 999;

const draw: fc.Arbitrary<Draw> = fc.record({
  n: fc.integer({ min: -5, max: 5 }),
  s: fc.constantFrom('a', 'a', 'b', '*', 'é"'),
  i: fc.nat(7),
  j: fc.nat(5),
});
const call: fc.Arbitrary<Call> = fc.tuple(fc.nat(ANY_STEP), draw);
const block: fc.Arbitrary<Block> = fc.record({
  calls: fc.array(call, { minLength: 1, maxLength: 8 }),
  more: fc.array(call, { maxLength: 4 }),
  isOdd: fc.boolean(),
  draw,
});

/** A block, and one of the ways to run it that its subject allows. */
type RunnableBlock = Block & { readonly how: keyof typeof BLOCKS_WITH_VERSIONS };

/** What is random about a program. */
type Drawn = readonly [places: readonly string[], blocks: readonly RunnableBlock[]];

function programsOf<It extends AtomicRedisModel, Twin extends object>({ steps, lifetime }: Subject<It, Twin>): fc.Arbitrary<Drawn> {
  const places = [...new Set(steps.map(placeOf))];
  const hows = Object.keys(lifetime === undefined ? BLOCKS : BLOCKS_WITH_VERSIONS) as RunnableBlock['how'][];
  const runnable = fc.tuple(fc.constantFrom(...hows), block).map(([how, rest]) => ({ how, ...rest }));
  return fc.tuple(
    fc.uniqueArray(fc.constantFrom(...places), { minLength: 1, maxLength: MAX_PLACES }),
    fc.array(runnable, { minLength: 1, maxLength: 8 }),
  );
}

const counts = { programs: 0, blocks: 0 };

async function runProgram<It extends AtomicRedisModel, Twin extends object>(
  { server, subject }: { server: Backend; subject: Subject<It, Twin> },
  [places, blocks]: Drawn,
): Promise<void> {
  let model = subject.fresh();
  const handles: Handle[] = [];
  const stored = subject.lifetime === undefined ? model : { ...model, [subject.lifetime.version]: 1 };
  await server.send('JSON.SET', subject.key, '$', JSON.stringify(stored));
  const steps = subject.steps.filter((step) => places.includes(placeOf(step)));
  const held = subject.held.filter((field) => places.includes(field));
  const [it, other] = [await subject.model.get(subject.key), await subject.model.get(subject.key)];
  const now = (): Run<It, Twin> => ({ server, subject, steps, held, handles, it, other, model });
  for (const each of blocks) {
    try {
      const before = await wear(now());
      model = await BLOCKS_WITH_VERSIONS[each.how](now(), each);
      await expectState(now(), { stored: model });
      await expectCounted(now(), before);
      expectHandles(now(), model);
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
  expectHandles(now(), model);
  expect(other.toJSON()).toEqual(it.toJSON());
  counts.programs += 1;
}

describeOnEveryBackend('random programs', (server) => {
  useModels(server, Program, Nest, Shelf);
  afterAll(() => {
    console.log(`${counts.programs} programs with ${counts.blocks} blocks: equal after each`);
  });

  async function runAll<It extends AtomicRedisModel, Twin extends object>(subject: Subject<It, Twin>, numRuns: number): Promise<void> {
    const run = (drawn: Drawn): Promise<void> => runProgram({ server, subject }, drawn);
    await fc.assert(fc.asyncProperty(programsOf(subject), run), { numRuns });
  }

  test('the document, the instance and a plain model are equal after each step', () => runAll(program, 250));

  test('also with nested values of all types', () => runAll(nest, 300));

  test('also for a document that counts its commits and expires', () => runAll(shelf, 150));
});
