import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const ALL_CORES = `0-${cpus().length - 1}`;
const CHOSEN_CORE = cpus().length - 1; // Interrupts tend to go to the first.

export const canPin = spawnSync('taskset', ['--version']).status === 0;

/** Holds processes with all their threads on one core, or lets them use all. Does nothing where there is no `taskset`. */
export function placeOnCores(pids: readonly number[], onOneCore: boolean): void {
  if (!canPin) return;
  for (const pid of pids) spawnSync('taskset', ['-pc', onOneCore ? String(CHOSEN_CORE) : ALL_CORES, String(pid)]);
}

/** Time in milliseconds that the cores have been busy, on behalf of anyone; undefined where the kernel does not tell. */
export function busyMs(onOneCore: boolean): number | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/stat', 'utf8');
  } catch {
    return undefined;
  }
  const line = new RegExp(`^${onOneCore && canPin ? `cpu${CHOSEN_CORE}` : 'cpu'} .*$`, 'm').exec(text)?.[0];
  if (line === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) * 10;
}
