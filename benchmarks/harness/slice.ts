import type { Plan, Row, Workload } from '../workloads/workload';
import type { BenchServer } from './bench-server';
import type { ContenderProcess } from './contender-process';
import { busyMs, placeOnCores } from './cores';
import { quantile } from './statistics';
import { compareDocuments, compareKeys, seed, type Difference } from './stored-state';

const DOCUMENTS_TO_COMPARE = 256;
const MAX_ATTEMPTS = 4;

export interface SliceOrder {
  readonly workload: Workload;
  readonly row: Row;
  readonly operations: number;
  /** Compare all documents, however many there are. */
  readonly thoroughly: boolean;
}

/** What one contender did in one slice of a workload. CPU is per operation, or per document for bulk operations. */
export interface Slice {
  readonly operations: number;
  readonly rate: number;
  readonly clientMicros: number;
  readonly serverMicros: number;
  readonly p50: number;
  readonly p99: number;
  /** The fraction of a core that other processes used meanwhile. */
  readonly disturbance: number;
  readonly difference: Difference | undefined;
}

/** Repeats a slice that other load disturbed; resolves to the quietest attempt if all were disturbed. */
export async function measureSlice(server: BenchServer, team: readonly ContenderProcess[], order: SliceOrder): Promise<Slice> {
  let quietest: Slice | undefined;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const slice = await attemptSlice(server, team, order);
    if (quietest === undefined || slice.disturbance < quietest.disturbance) quietest = slice;
    if (!isDisturbed(slice)) break;
  }
  return quietest as Slice;
}

/** The kernel counts in steps of 10 ms, so in a slice of 200 ms, less cannot be told from nothing. */
export function isDisturbed({ disturbance }: Slice): boolean {
  return disturbance > 0.15;
}

async function attemptSlice(server: BenchServer, team: readonly ContenderProcess[], order: SliceOrder): Promise<Slice> {
  const { workload, row, operations } = order;
  const expected = workload.expected(operations);
  await seed(server, workload.seeded(operations));
  const plans = sharedPlan(operations, team.length);
  await Promise.all(
    team.map((member, index) => member.prepare({ workload: workload.name, plan: plans[index] as Plan, inFlight: row.inFlight })),
  );
  const processes = { clients: team.map(({ pid }) => pid), servers: server.pid === undefined ? [] : [server.pid] };
  placeOnCores(processes, row.cores);
  const serverBefore = await server.cpuMicros();
  const busyBefore = busyMs(row.cores);
  const results = await Promise.all(team.map((member) => member.run()));
  const busyAfter = busyMs(row.cores);
  const serverMicros = (await server.cpuMicros()) - serverBefore;
  placeOnCores(processes);
  const clientMicros = total(results, ({ cpuMicros }) => cpuMicros);
  const wallMs = Math.max(...results.map(({ endedAt }) => endedAt)) - Math.min(...results.map(({ startedAt }) => startedAt));
  const inOrder = row.inFlight === 1 && team.length === 1;
  const isSmall = order.thoroughly || expected.documents.length <= DOCUMENTS_TO_COMPARE;
  const sum = total(results, (result) => result.sum);
  const difference = isSmall ? await compareDocuments(server, expected, inOrder) : await compareKeys(server, expected);
  const count = operations * workload.weight;
  const latencies = results.flatMap((result) => result.latencies).sort((a, b) => a - b);
  const ourMs = (clientMicros + serverMicros) / 1000;
  return {
    operations,
    rate: count / (wallMs / 1000),
    clientMicros: clientMicros / count,
    serverMicros: serverMicros / count,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    disturbance: busyBefore === undefined || busyAfter === undefined ? 0 : Math.max(0, busyAfter - busyBefore - ourMs) / wallMs,
    difference: difference ?? sumDifference(sum, expected.sum),
  };
}

function sharedPlan(operations: number, parts: number): Plan[] {
  return Array.from({ length: parts }, (_, index) => ({
    operations,
    first: Math.floor((operations * index) / parts),
    end: Math.floor((operations * (index + 1)) / parts),
  }));
}

function sumDifference(sum: number, expected: number | undefined): Difference | undefined {
  if (expected === undefined || sum === expected) return undefined;
  return { reason: `the operations resolved to ${sum} in sum, not ${expected}`, lost: 0 };
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
