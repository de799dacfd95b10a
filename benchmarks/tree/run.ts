import { BenchServer } from '../harness/bench-server';
import { compare } from './compare';
import { pythonWithRedicts } from './install-redicts';
import { lockCost } from './lock-cost';

const ROUNDS = 5;
const SLICE_MS = 400;

/** `npm run bench:tree`: compares the tree with the Python package redicts, and measures what its locks cost. An argument selects rows by their label. */
async function main(): Promise<void> {
  const only = process.argv[2] ?? '';
  const server = await BenchServer.open();
  try {
    console.log(`${server.description}\n`);
    console.log(await compare(server, { rounds: ROUNDS, durationMs: SLICE_MS, only, python: await pythonWithRedicts() }));
    if ('acquire and release'.includes(only)) console.log(`\n${await lockCost(server)}`);
  } finally {
    await server.flush().catch(() => undefined);
    await server.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
