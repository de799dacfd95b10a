import type { BenchServer } from '../harness/bench-server';
import { median } from '../harness/statistics';
import type { TaskProcess } from '../harness/task-process';
import type { SliceResult } from '../process/tasks';
import { textTable } from '../report/text-table';
import { startRedatom, startRedicts } from './contenders';

export interface CompareOptions {
  readonly rounds: number;
  readonly durationMs: number;
  readonly python: string;
  /** Only rows whose label contains this text. */
  readonly only: string;
}

type Makers = readonly [redicts: () => TaskProcess, redatom: () => TaskProcess];

const ALONE = ['set leaf', 'val leaf', 'set subtree', 'val subtree', 'add'];
const CONTENDING = [1, 2, 8];
/** Before the rounds that count, so that both have compiled what they will run. Long, because eight processes share the increments of one. */
const WARM_UP_MS = 2_000;
/** Longer than a process of redicts sleeps between two attempts at a lock. */
const CONTENDED_MS = 1_500;
const FOREIGN_KEYS = 100_000;

/** A table of the rates of both, which take turns on one server, and of how many times as fast redatom is. */
export async function compare(server: BenchServer, options: CompareOptions): Promise<string> {
  const makers: Makers = [() => startRedicts(options.python, server.url), () => startRedatom(server.url)];
  const rows: string[][] = [];
  const planned = [
    ...ALONE.map((operation) => ({ label: operation, operation, processes: 1 })),
    ...CONTENDING.map((processes) => ({
      label: `locked increment, ${processes} processes`,
      operation: 'locked increment',
      processes,
      durationMs: CONTENDED_MS,
    })),
  ];
  for (const { label, ...row } of planned) {
    if (label.includes(options.only)) rows.push(await rowOf(label, makers, { ...options, ...row }));
  }
  const beside = `val subtree beside ${FOREIGN_KEYS} keys`;
  if (beside.includes(options.only)) {
    await server.send(['EVAL', `for i = 1, ${FOREIGN_KEYS} do redis.call('SET', 'foreign:' .. i, i) end`, '0']);
    rows.push(await rowOf(beside, makers, { ...options, operation: 'val subtree', processes: 1, rounds: 1 }));
  }
  return textTable(['operations a second', 'redicts', 'redatom', 'ratio'], rows);
}

interface Row extends CompareOptions {
  readonly operation: string;
  readonly processes: number;
}

async function rowOf(label: string, makers: Makers, row: Row): Promise<string[]> {
  process.stderr.write(`${label}\n`);
  const crews = makers.map((make) => Array.from({ length: row.processes }, make));
  const rates: number[][] = [[], []];
  const done = [0, 0];
  for (const crew of crews) await crew[0]?.run('prepare');
  for (let round = -1; round < row.rounds; round++) {
    for (const [index, crew] of crews.entries()) {
      const { count, seconds } = await slice(crew, row.operation, round < 0 ? WARM_UP_MS : row.durationMs);
      done[index] = (done[index] ?? 0) + count;
      if (round >= 0) rates[index]?.push(count / seconds);
    }
  }
  if (row.operation === 'locked increment') await expectNothingLost(crews, done);
  await Promise.all(crews.flat().map((one) => one.end()));
  const ratios = (rates[1] ?? []).map((rate, round) => rate / (rates[0]?.[round] ?? NaN));
  return [label, ...rates.map((ofOne) => median(ofOne).toFixed(1)), `${median(ratios).toFixed(1)} ×`];
}

/** What a whole crew did until its last member ended: the rates of members that took turns do not add up. */
async function slice(crew: readonly TaskProcess[], operation: string, durationMs: number): Promise<SliceResult> {
  const slices = await Promise.all(crew.map((one) => one.run(operation, durationMs)));
  return { count: slices.reduce((sum, { count }) => sum + count, 0), seconds: Math.max(...slices.map(({ seconds }) => seconds)) };
}

async function expectNothingLost(crews: readonly TaskProcess[][], done: readonly number[]): Promise<void> {
  for (const [index, crew] of crews.entries()) {
    const stored = (await crew[0]?.run('read count'))?.count;
    if (stored !== done[index]) throw new Error(`${['redicts', 'redatom'][index]} counted ${done[index]} increments and stored ${stored}`);
  }
}
