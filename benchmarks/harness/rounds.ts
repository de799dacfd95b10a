import type { ContenderName } from '../contenders/contender';
import type { Row, Workload } from '../workloads/workload';
import type { BenchServer } from './bench-server';
import { ContenderProcess } from './contender-process';
import type { Options } from './options';
import { isDisturbed, measureSlice, type Slice } from './slice';
import { median } from './statistics';

/** The first warm-up is short, and only finds out how many operations fill a slice. The others are long, so that all code that runs often is compiled. */
const WARM_UPS = 3;
const FIRST_MS = 20;
const WARM_UP_MS = 1_000;
const FIRST_RATE = 5_000;

/** Medians over the rounds of one contender in one row. */
export interface Measured {
  readonly contender: ContenderName;
  readonly rate: number;
  /** Median of the ratios to raw of the same round. */
  readonly ratio: number;
  readonly clientMicros: number;
  readonly cpuRatio: number;
  readonly serverMicros: number;
  readonly p50: number;
  readonly p99: number;
  /** The fraction of writes that were lost, 0 to 1, and the first difference from the model. */
  readonly lost: number;
  readonly difference: string | undefined;
  readonly disturbedRounds: number;
}

export interface RowResult {
  readonly workload: string;
  readonly title: string;
  readonly unit: Workload['unit'];
  readonly row: Row;
  readonly measured: readonly Measured[];
}

/** Runs all contenders for one row, in turns: A B C A B C … */
export async function runRow(
  server: BenchServer,
  processes: readonly ContenderProcess[],
  { workload, row, options }: { workload: Workload; row: Row; options: Options },
): Promise<RowResult> {
  const teams = await Promise.all(processes.map((first) => assemble(server, first, row.processes ?? 1)));
  const operations = teams.map(() => Math.max(2, operationsFor(FIRST_RATE, FIRST_MS, workload)));
  const slices: Slice[][] = teams.map(() => []);
  try {
    for (let round = 0; round < WARM_UPS + options.rounds; round++) {
      for (const [index, team] of teams.entries()) {
        const order = { workload, row, operations: operations[index] as number, thoroughly: round === 0 };
        const slice = await measureSlice(server, team, order);
        // Processes that take turns get a second each.
        const nextMs = round + 1 < WARM_UPS ? WARM_UP_MS * team.length : options.sliceMs;
        if (round < WARM_UPS) operations[index] = Math.max(row.inFlight * 2, operationsFor(slice.rate, nextMs, workload));
        slices[index]?.push(slice);
      }
    }
  } finally {
    await Promise.all(teams.flatMap((team) => team.slice(1).map((member) => member.end())));
  }
  const names = processes.map(({ name }) => name);
  return { workload: workload.name, title: workload.title, unit: workload.unit, row, measured: summarize(names, slices) };
}

async function assemble(server: BenchServer, first: ContenderProcess, size: number): Promise<ContenderProcess[]> {
  const others = Array.from({ length: size - 1 }, () => ContenderProcess.start(first.name, server.url));
  return [first, ...(await Promise.all(others))];
}

function operationsFor(rate: number, milliseconds: number, workload: Workload): number {
  const wanted = Math.ceil((rate / workload.weight) * (milliseconds / 1000));
  return Math.min(workload.maxOperations, Math.max(1, wanted));
}

function summarize(names: readonly ContenderName[], slices: readonly (readonly Slice[])[]): Measured[] {
  const raw = (slices[names.indexOf('raw')] as readonly Slice[]).slice(WARM_UPS);
  return names.map((contender, index) => {
    const all = slices[index] as readonly Slice[];
    const counted = all.slice(WARM_UPS);
    const of = (value: (slice: Slice) => number): number => median(counted.map(value));
    const overRaw = (value: (slice: Slice) => number): number =>
      median(counted.map((slice, round) => value(slice) / value(raw[round] as Slice)));
    return {
      contender,
      rate: of(({ rate }) => rate),
      ratio: overRaw(({ rate }) => rate),
      clientMicros: of(({ clientMicros }) => clientMicros),
      cpuRatio: overRaw(({ clientMicros }) => clientMicros),
      serverMicros: of(({ serverMicros }) => serverMicros),
      p50: of(({ p50 }) => p50),
      p99: of(({ p99 }) => p99),
      lost: of(({ difference, operations }) => (difference?.lost ?? 0) / operations),
      difference: all.find(({ difference }) => difference !== undefined)?.difference?.reason,
      disturbedRounds: counted.filter(isDisturbed).length,
    };
  });
}
