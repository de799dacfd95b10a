import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { BenchServer } from './harness/bench-server';
import { measureColdStart } from './harness/cold-start';
import { ContenderProcess } from './harness/contender-process';
import { canPin } from './harness/cores';
import { measureMemory } from './harness/memory';
import { COLD_START, MEMORY, readOptions, type Options } from './harness/options';
import { runRow, type RowResult } from './harness/rounds';
import { printTables, type Results } from './report/tables';
import { WORKLOADS } from './workloads/all';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const startedAt = Date.now();
  const server = await BenchServer.open();
  try {
    const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown core'}, Node ${process.versions.node}, ${server.description}`;
    console.log(`${machine}${describePinning(server)}\n`);
    const results = await measure(server, options);
    console.log(printTables(results));
    console.log(`\n${options.rounds} rounds, ${Math.round((Date.now() - startedAt) / 1000)} s`);
    if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify({ machine, options, ...results }, null, 2)}\n`);
    reportDifferences(results.rows);
  } finally {
    await server.flush().catch(() => undefined);
    await server.close();
  }
}

function describePinning(server: BenchServer): string {
  if (!canPin) return '; no taskset here, so the figures at one in flight depend on the cores that the kernel chooses';
  return server.pid === undefined ? '; the server was not started here, so only the clients are held on one core' : '';
}

async function measure(server: BenchServer, options: Options): Promise<Results> {
  const workloads = WORKLOADS.filter(({ name }) => options.only.includes(name));
  const rows: RowResult[] = [];
  const processes = workloads.length === 0 ? [] : await startAll(server, options);
  try {
    for (const workload of workloads) {
      for (const row of workload.rows) {
        process.stderr.write(`${workload.title}, ${row.label}\n`);
        rows.push(await runRow(server, processes, { workload, row, options }));
      }
    }
  } finally {
    await Promise.all(processes.map((one) => one.end()));
  }
  const memory = options.only.includes(MEMORY) ? await measureMemory(server, options.contenders) : [];
  const coldStart = options.only.includes(COLD_START) ? await measureColdStart(server, options.contenders, options.rounds) : [];
  return { rows, memory, coldStart };
}

function startAll(server: BenchServer, { contenders }: Options): Promise<ContenderProcess[]> {
  return Promise.all(contenders.map((name) => ContenderProcess.start(name, server.url)));
}

/** Reports whose state differed from the model, and how. Only contenders that promise not to lose writes are reported and fail the run. */
function reportDifferences(rows: readonly RowResult[]): void {
  for (const { title, row, measured } of rows) {
    for (const { contender, difference, disturbedRounds } of measured) {
      if (disturbedRounds > 0) process.stderr.write(`${title}, ${row.label}, ${contender}: ${disturbedRounds} rounds disturbed\n`);
      if (difference === undefined || contender === 'redis-om') continue;
      process.stderr.write(`${title}, ${row.label}, ${contender}: ${difference}\n`);
      process.exitCode = 1;
    }
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
