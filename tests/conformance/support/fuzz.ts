import { Differential, showDifference } from './differential';
import { requestSequence } from './generate-command';
import { dataSequence } from './generate-data';
import { searchSequence, syntaxSequence } from './generate-search';
import { Random } from './random';

/** `tsx tests/conformance/support/fuzz.ts [commands] [seed]`: compares random sequences until so many commands were sent; `FUZZ=data` for all types but documents, `search` and `syntax` for searches. */
const sequences = { documents: requestSequence, data: dataSequence, search: searchSequence, syntax: syntaxSequence };

async function main(): Promise<void> {
  const [commands = 20_000, firstSeed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number);
  const differential = await Differential.start();
  differential.mayRefuse = process.env['FUZZ'] === 'syntax';
  const found = new Set<string>();
  const sequence = sequences[(process.env['FUZZ'] ?? 'documents') as keyof typeof sequences];
  let seed = firstSeed;
  try {
    for (; differential.commands < commands && found.size < Number(process.env['FUZZ_STOP_AFTER'] ?? 8); seed += 1) {
      const difference = await differential.run(sequence(new Random(seed), 60));
      if (difference === undefined) continue;
      const shown = showDifference(await differential.shrink(difference));
      console.log(`seed ${seed}\n${shown}\n`);
      found.add(shown);
    }
  } finally {
    await differential.stop();
  }
  console.log(
    `${differential.commands} commands, seeds ${firstSeed} to ${seed - 1}, ${found.size} unexplained differences, the real server died ${differential.crashes} times`,
  );
  for (const [reason, count] of differential.explained) console.log(`  ${reason}: ${count}`);
  if (found.size > 0) process.exitCode = 1;
}

void main();
