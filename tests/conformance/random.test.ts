import { Differential, showDifference } from './support/differential';
import { requestSequence } from './support/generate-command';
import { dataSequence } from './support/generate-data';
import { searchSequence, syntaxSequence } from './support/generate-search';
import { Random } from './support/random';

/** How many commands to compare; `CONFORMANCE_COMMANDS=200000` for the long run, `CONFORMANCE_SEED` to repeat a run. */
const commands = Number(process.env['CONFORMANCE_COMMANDS'] ?? 5_000);
const firstSeed = Number(process.env['CONFORMANCE_SEED'] ?? process.env['REDATOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test.each([
  ['documents', requestSequence],
  ['all other types', dataSequence],
  ['indexes', searchSequence],
  ['the words of queries', syntaxSequence],
])(
  `random sequences on %s from seed ${firstSeed} are answered alike`,
  async (_, sequence) => {
    const servers = await Differential.start();
    servers.mayRefuse = sequence === syntaxSequence;
    try {
      for (let seed = firstSeed; servers.commands < commands; seed += 1) {
        const difference = await servers.run(sequence(new Random(seed), 60));
        if (difference !== undefined) throw new Error(`seed ${seed}\n${showDifference(await servers.shrink(difference))}`);
      }
    } finally {
      await servers.stop();
    }
    expect(servers.commands).toBeGreaterThanOrEqual(commands);
  },
  3_600_000,
);
