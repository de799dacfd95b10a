import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ContenderName } from '../contenders/contender';
import { keyOf } from '../sample/sample-user';
import type { BenchServer } from './bench-server';
import { median } from './statistics';
import { seed } from './stored-state';

type Program = ContenderName | 'empty';

export interface ColdStartResult {
  readonly program: Program;
  readonly ms: number;
  /** Median of how much longer it took than raw in the same round. */
  readonly moreThanRawMs: number;
}

/** Measures milliseconds from starting Node to the first document; the programs take turns. `empty` only prints a word. */
export async function measureColdStart(
  server: BenchServer,
  contenders: readonly ContenderName[],
  rounds: number,
): Promise<ColdStartResult[]> {
  await seed(server, 1);
  const programs: Program[] = ['empty', ...contenders];
  const times = programs.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, program] of programs.entries()) {
      const ms = await timeToFirstOutput(program, server.url);
      if (round > 0) times[index]?.push(ms); // The first round reads the files from disk.
    }
  }
  await server.flush();
  const raw = times[programs.indexOf('raw')] as number[];
  return programs.map((program, index) => {
    const own = times[index] as number[];
    return { program, ms: median(own), moreThanRawMs: median(own.map((ms, round) => ms - (raw[round] as number))) };
  });
}

async function timeToFirstOutput(program: Program, url: string): Promise<number> {
  const start = performance.now();
  const file = join(__dirname, `../dist/cold-start/${program}.js`);
  const child = spawn(process.execPath, [file, url, keyOf(0)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const shown = await Promise.race([once(child.stdout, 'data'), ended.then(() => undefined)]);
  const ms = performance.now() - start;
  await ended;
  if (shown === undefined) throw new Error(`the cold start of ${program} printed nothing`);
  return ms;
}
