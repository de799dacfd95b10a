import fc from 'fast-check';
import { connect, type Database } from 'redatom';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import { fresh, Program, type Draw, type Plain, type Step } from './program';
import { STEPS } from './steps';

type Call = readonly [step: number, draw: Draw];
type Block = { readonly how: 'at once' | 'pipeline' | 'mixed' | 'saveChanges' | 'throwing' | 'refused'; readonly calls: readonly Call[] };

const call: fc.Arbitrary<Call> = fc.tuple(
  fc.nat(STEPS.length - 1),
  fc.record({ n: fc.integer({ min: -5, max: 5 }), s: fc.constantFrom('a', 'b', 'c.d', '*', 'é"'), i: fc.nat(7) }),
);
const block: fc.Arbitrary<Block> = fc.record({
  how: fc.constantFrom('at once', 'pipeline', 'pipeline', 'mixed', 'saveChanges', 'throwing', 'refused'),
  calls: fc.array(call, { minLength: 1, maxLength: 6 }),
});

const counts = { programs: 0, blocks: 0 };

function queueAll(it: Program, twin: Plain, calls: readonly Call[]): void {
  for (const [index, draw] of calls) {
    const { queue, plain } = STEPS[index] as Step;
    if (queue === undefined) continue;
    plain(twin, draw, queue(it, draw));
  }
}

/** Runs a block; the plain model only changes when the block is to be applied. */
async function runBlock(server: OwnServer, { it, model }: { it: Program; model: Plain }, { how, calls }: Block): Promise<Plain> {
  const twin = structuredClone(model);
  switch (how) {
    case 'at once':
      for (const [index, draw] of calls) {
        const { atOnce, plain } = STEPS[index] as Step;
        if (atOnce === undefined) continue;
        plain(twin, draw, await atOnce(it, draw));
      }
      return twin;
    case 'pipeline':
      await it.pipeline(() => queueAll(it, twin, calls));
      return twin;
    case 'mixed':
      for (const [index, draw] of calls) {
        const { queue, atOnce, plain } = STEPS[index] as Step;
        const act = draw.i % 2 === 0 ? (queue ?? atOnce) : (atOnce ?? queue);
        plain(twin, draw, await act?.(it, draw));
      }
      await it.saveChanges();
      return twin;
    case 'saveChanges':
      queueAll(it, twin, calls);
      await it.saveChanges();
      return twin;
    case 'throwing':
      await expect(
        it.pipeline(() => {
          queueAll(it, twin, calls);
          throw new Error('changed my mind');
        }),
      ).rejects.toThrow('changed my mind');
      return model;
    case 'refused':
      await server.send('JSON.SET', 'Program:one', '$["leaf"]["count"]', '"no number"');
      await expect(
        it.pipeline(() => {
          queueAll(it, twin, calls);
          it.leaf.count.add(1);
        }),
      ).rejects.toMatchObject({ code: 'PATH_MISMATCH' });
      await server.send('JSON.SET', 'Program:one', '$["leaf"]["count"]', String(model.leaf.count));
      return model;
  }
}

describeOnOwnServers('random programs', (server) => {
  let database: Database;

  beforeAll(async () => {
    database = await connect(server().url, { models: [Program] });
  });
  afterAll(async () => {
    console.log(`${counts.programs} programs with ${counts.blocks} blocks: equal after each`);
    await database.close();
  });

  async function runProgram(blocks: readonly Block[]): Promise<void> {
    let model = fresh();
    await server().send('JSON.SET', 'Program:one', '$', JSON.stringify(model));
    const it = await Program.get('one');
    for (const each of blocks) {
      model = await runBlock(server(), { it, model }, each);
      expect(await server().json('Program:one')).toEqual(model);
      expect(it.toJSON()).toEqual(model);
      expect(it.isStale).toBe(false);
      counts.blocks += 1;
    }
    await it.saveChanges();
    expect(await server().json('Program:one')).toEqual(model);
    await it.load();
    expect(it.toJSON()).toEqual(model);
    counts.programs += 1;
  }

  test('the document, the instance and a plain model are equal after each step', async () => {
    await fc.assert(fc.asyncProperty(fc.array(block, { minLength: 1, maxLength: 8 }), runProgram), { numRuns: 250 });
  });
});
