import { createInterface } from 'node:readline';

export interface Task {
  readonly operation: string;
  readonly durationMs: number;
}

export interface SliceResult {
  readonly count: number;
  readonly seconds: number;
}

/** The operations of a contender, by name. */
export type Operations = Readonly<Record<string, () => Promise<unknown>>>;

/** Until the input ends, reads one JSON task per line, repeats it until its time is over, and writes one JSON result per line. */
export async function doTasks(operations: Operations): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await slice(operations, JSON.parse(line) as Task))}\n`);
  }
}

/** For an operation that reads, the number that it resolves to takes the place of the count. */
async function slice(operations: Operations, { operation, durationMs }: Task): Promise<SliceResult> {
  const perform = operations[operation];
  if (perform === undefined) throw new Error(`there is no operation "${operation}"`);
  const begin = performance.now();
  let [count, latest]: [number, unknown] = [0, undefined];
  while (count === 0 || performance.now() < begin + durationMs) {
    latest = await perform();
    count += 1;
  }
  return { count: operation.startsWith('read ') ? Number(latest) : count, seconds: (performance.now() - begin) / 1000 };
}
