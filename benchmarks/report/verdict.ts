import type { Measured, RowResult } from '../harness/rounds';

/** Names of the goals that redatom misses in a row; undefined if it was not measured or the row has no goal. */
export function missedGoals({ row: { goal }, measured }: RowResult): string[] | undefined {
  const own = measured.find(({ contender }) => contender === 'redatom');
  if (own === undefined || goal === undefined) return undefined;
  return [
    ...(own.difference === undefined ? [] : ['state']),
    ...(own.ratio >= goal.ratio ? [] : ['rate']),
    ...(goal.cpu === undefined || own.cpuRatio <= goal.cpu ? [] : ['CPU']),
    ...(goal.p99Ms === undefined || own.p99 <= goal.p99Ms ? [] : ['p99']),
  ];
}

export function verdict(missed: readonly string[] | undefined): string {
  if (missed === undefined) return '';
  return missed.length === 0 ? 'pass' : `miss: ${missed.join(', ')}`;
}

/** ✗ marks a figure that was reached by losing writes. */
export function mark({ difference, lost }: Measured): string {
  if (difference === undefined) return '';
  return lost > 0 ? ` ✗${Math.max(1, Math.round(lost * 100))}%` : ' ✗';
}
