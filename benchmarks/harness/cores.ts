import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Cores } from '../workloads/workload';

const ALL_CORES = `0-${cpus().length - 1}`;
const CHOSEN_CORE = cpus().length - 1; // Interrupts tend to go to the first core.
const OTHER_CORE = Math.max(0, CHOSEN_CORE - 1);

export const canPin = spawnSync('taskset', ['--version']).status === 0;

interface Processes {
  readonly clients: readonly number[];
  readonly servers: readonly number[];
}

/** Pins the main threads of all processes to one core, or clients and servers to one core each, or lets them use all. Does nothing without `taskset`. */
export function placeOnCores({ clients, servers }: Processes, cores?: Cores): void {
  if (!canPin) return;
  const place = (pid: number, core: number): void => {
    spawnSync('taskset', ['-pc', cores === undefined ? ALL_CORES : String(core), String(pid)]);
  };
  for (const pid of clients) place(pid, CHOSEN_CORE);
  for (const pid of servers) place(pid, cores === 'one each' ? OTHER_CORE : CHOSEN_CORE);
}

/** Milliseconds that the cores have been busy, for any process; undefined where the kernel does not tell. */
export function busyMs(cores?: Cores): number | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/stat', 'utf8');
  } catch {
    return undefined;
  }
  const line = new RegExp(`^${cores === 'one' && canPin ? `cpu${CHOSEN_CORE}` : 'cpu'} .*$`, 'm').exec(text)?.[0];
  if (line === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * 10;
}
