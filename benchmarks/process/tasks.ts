import { createInterface } from 'node:readline';

export interface Task {
  readonly operation: string;
  readonly durationMs: number;
}

export interface SliceResult {
  readonly count: number;
  readonly seconds: number;
}

/** What can be asked of a contender: a name for each thing that it does. */
export type Operations = Readonly<Record<string, () => Promise<unknown>>>;

/** Reads one JSON task a line, does it until its time is over, and answers one JSON result a line, until the input ends. */
export async function doTasks(operations: Operations): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await slice(operations, JSON.parse(line) as Task))}\n`);
  }
}

/** A number that an operation answers takes the place of the count. */
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
