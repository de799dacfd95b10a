import { performance } from 'node:perf_hooks';
import type { Operation, Plan } from '../workloads/workload';
import type { SliceResult } from './messages';

const MAX_SAMPLES = 2_000;

/** Keeps `inFlight` operations under way until the plan is done. */
export async function runSlice(operation: Operation, plan: Plan, inFlight: number): Promise<SliceResult> {
  const stride = inFlight > 16 ? 8 : 1; // Reading the clock for each of 200,000 operations per second would distort the result.
  const latencies: number[] = [];
  let next = plan.first;
  let sum = 0;
  const lane = async (): Promise<void> => {
    while (next < plan.end) {
      const index = next++;
      if (index % stride === 0) {
        const start = performance.now();
        const value = await operation(index);
        latencies.push(performance.now() - start);
        sum += value;
      } else {
        const value = await operation(index); // Not `sum += await …`, which would read the sum before it waits.
        sum += value;
      }
    }
  };
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  const end = performance.now();
  const cpu = process.cpuUsage(cpuBefore);
  return {
    startedAt: performance.timeOrigin + start,
    endedAt: performance.timeOrigin + end,
    cpuMicros: cpu.user + cpu.system,
    sum,
    latencies: thinned(latencies.sort((a, b) => a - b)),
  };
}

function thinned(sorted: readonly number[]): number[] {
  if (sorted.length <= MAX_SAMPLES) return [...sorted];
  return Array.from({ length: MAX_SAMPLES }, (_, at) => sorted[Math.floor((at * sorted.length) / MAX_SAMPLES)] as number);
}
