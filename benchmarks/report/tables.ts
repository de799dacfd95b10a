import type { ColdStartResult } from '../harness/cold-start';
import type { MemoryResult } from '../harness/memory';
import type { Measured, RowResult } from '../harness/rounds';
import { textTable } from './text-table';
import { mark, missedGoals, verdict } from './verdict';

const MEMORY_GOAL = 1.15;
const COLD_START_GOAL_MS = 20;

export interface Results {
  readonly rows: readonly RowResult[];
  readonly memory: readonly MemoryResult[];
  readonly coldStart: readonly ColdStartResult[];
}

/** Formats a table for each kind of result that there is. */
export function printTables({ rows, memory, coldStart }: Results): string {
  const tables = [
    ...(rows.length === 0 ? [] : [ratesTable(rows), cpuTable(rows), latencyTable(rows)]),
    ...(memory.length === 0 ? [] : [memoryTable(memory)]),
    ...(coldStart.length === 0 ? [] : [coldStartTable(coldStart)]),
  ];
  return tables.join('\n\n');
}

function names(rows: readonly RowResult[]): string[] {
  return (rows[0]?.measured ?? []).map(({ contender }) => contender);
}

function rowTitle({ title, row }: RowResult): string {
  return `${title}, ${row.label}`;
}

function ratesTable(rows: readonly RowResult[]): string {
  const others = names(rows).filter((name) => name !== 'raw');
  const lines = rows.map((result) => {
    const [raw, ...rest] = rawFirst(result);
    const ratios = rest.map((one) => one.ratio.toFixed(2) + mark(one));
    return [
      rowTitle(result),
      Math.round(raw?.rate ?? 0).toLocaleString('en'),
      ...ratios,
      result.row.goal?.ratio.toFixed(2) ?? '',
      result.row.goal?.cpu?.toFixed(2) ?? '',
      verdict(missedGoals(result)),
    ];
  });
  return `Rate of raw a second, and the others' as a part of it\n\n${textTable(['', 'raw /s', ...others, 'goal', 'CPU goal', ''], lines)}`;
}

function cpuTable(rows: readonly RowResult[]): string {
  const lines = rows.map((result) => {
    const all = rawFirst(result);
    const cells = all.map((one) =>
      one.contender === 'raw' ? micros(one.clientMicros) : `${micros(one.clientMicros)} ×${one.cpuRatio.toFixed(2)}`,
    );
    return [rowTitle(result), ...cells, micros(all[0]?.serverMicros ?? 0), micros(all.at(-1)?.serverMicros ?? 0)];
  });
  const last = rawFirst(rows[0] as RowResult).at(-1)?.contender ?? '';
  const header = ['', ...rawFirst(rows[0] as RowResult).map(({ contender }) => contender), 'server, raw', `server, ${last}`];
  return `Client CPU of an operation (bulk: of a document) in µs, × raw; and CPU of the server\n\n${textTable(header, lines)}`;
}

function latencyTable(rows: readonly RowResult[]): string {
  const lines = rows.map((result) => [rowTitle(result), ...rawFirst(result).map(({ p50, p99 }) => `${ms(p50)} / ${ms(p99)}`)]);
  return `Latency of an operation in ms, p50 / p99\n\n${textTable(['', ...rawFirst(rows[0] as RowResult).map(({ contender }) => contender)], lines)}`;
}

function memoryTable(memory: readonly MemoryResult[]): string {
  const raw = memory.find(({ contender }) => contender === 'raw') as MemoryResult;
  const lines = memory.map(({ contender, unread, read }) => {
    const ratio = unread / raw.unread;
    const passed = ratio <= MEMORY_GOAL ? 'pass' : 'miss';
    const goal = contender === 'redatom' ? [MEMORY_GOAL.toFixed(2), passed] : [];
    return [contender, unread.toFixed(0), ratio.toFixed(2), read.toFixed(0), (read / raw.read).toFixed(2), ...goal];
  });
  return `Memory of a loaded document in bytes\n\n${textTable(['', 'loaded', '× raw', 'all fields read', '× raw', 'goal', ''], lines)}`;
}

function coldStartTable(coldStart: readonly ColdStartResult[]): string {
  const lines = coldStart.map(({ program, ms: total, moreThanRawMs }) => {
    const passed = moreThanRawMs <= COLD_START_GOAL_MS ? 'pass' : 'miss';
    const goal = program === 'redatom' ? [`+${COLD_START_GOAL_MS}`, passed] : [];
    return [program, total.toFixed(0), `${moreThanRawMs >= 0 ? '+' : ''}${moreThanRawMs.toFixed(0)}`, ...goal];
  });
  return `From the start of Node to the first document, ms\n\n${textTable(['', 'ms', 'to raw', 'goal', ''], lines)}`;
}

function rawFirst({ measured }: RowResult): Measured[] {
  return [...measured.filter(({ contender }) => contender === 'raw'), ...measured.filter(({ contender }) => contender !== 'raw')];
}

function micros(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function ms(value: number): string {
  return value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2);
}
