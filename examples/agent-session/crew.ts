import type { Report, ReportOf } from './reports';
import { WorkerProcess, type WorkerOptions } from './worker-process';

const NAMES = ['ada', 'bob', 'cleo', 'dan', 'eve', 'fay'];
const CRASHES = 'bob';
const FREEZES = 'eve';

const MAX_PLAY_MS = 90_000;

/** Writes one line of what happens. */
export type Narrate = (line: string) => void;

/** Several workers on one session. One of them is killed in the middle of its work, another is paused until others have overtaken it. */
export class Crew {
  private readonly workers: WorkerProcess[];

  constructor(options: Pick<WorkerOptions, 'way' | 'url' | 'sessionId'>) {
    this.workers = NAMES.map((name) => new WorkerProcess({ ...options, name, hasLongThought: name === CRASHES || name === FREEZES }));
  }

  get reports(): Report[] {
    return this.workers.flatMap(({ reports }) => reports);
  }

  reportsOf<K extends Report['kind']>(kind: K): ReportOf<K>[] {
    return this.reports.filter((report): report is ReportOf<K> => report.kind === kind);
  }

  /** Runs until all workers have ended. */
  async play(narrate: Narrate): Promise<void> {
    const deadline = rejectAfter(MAX_PLAY_MS);
    try {
      await Promise.race([Promise.all([this.direct(narrate), ...this.workers.map((worker) => worker.ended())]), deadline.passed]);
    } finally {
      deadline.clear();
      for (const worker of this.workers) worker.signal('SIGKILL');
    }
  }

  private async direct(narrate: Narrate): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.next('ready')));
    narrate(`${this.workers.length} worker processes are connected`);
    const incidents = Promise.all([this.crash(narrate), this.freeze(narrate)]);
    for (const worker of this.workers) worker.tell('begin');
    await incidents;
  }

  private async crash(narrate: Narrate): Promise<void> {
    const victim = this.worker(CRASHES);
    await victim.next('thinking');
    victim.signal('SIGKILL');
    narrate(`${victim.name} was killed while it held the lock "run"`);
    const { successor, afterMs } = await this.successorOf(victim, Date.now());
    narrate(`${successor.name} got the lock ${afterMs} ms later`);
  }

  private async freeze(narrate: Narrate): Promise<void> {
    const victim = this.worker(FREEZES);
    await victim.next('thinking');
    victim.signal('SIGSTOP');
    narrate(`${victim.name} was stopped while it held the lock "run"`);
    const { successor, afterMs } = await this.successorOf(victim, Date.now());
    narrate(`${successor.name} got the lock ${afterMs} ms later`);
    // Any other worker will do: the successor may be the one that is killed.
    await Promise.race(this.others(victim).map((worker) => worker.next('step')));
    const late = Promise.race([victim.next('step'), victim.next('overtaken')]);
    victim.signal('SIGCONT');
    victim.tell('go on');
    const report = await late;
    narrate(`${victim.name} woke up, and its late write was ${report.kind === 'step' ? 'ACCEPTED' : `refused: ${report.reason}`}`);
  }

  /** Resolves to the next worker that works under the lock. */
  private successorOf(victim: WorkerProcess, since: number): Promise<{ successor: WorkerProcess; afterMs: number }> {
    return new Promise((resolve) => {
      for (const successor of this.others(victim)) {
        successor.onReport((report) => {
          if (report.kind === 'thinking' && report.at > since) resolve({ successor, afterMs: report.at - since });
        });
      }
    });
  }

  private others(victim: WorkerProcess): WorkerProcess[] {
    return this.workers.filter((worker) => worker !== victim);
  }

  private worker(name: string): WorkerProcess {
    const found = this.workers.find((worker) => worker.name === name);
    if (found === undefined) throw new Error(`nobody is called ${name}`);
    return found;
  }
}

function rejectAfter(ms: number): { passed: Promise<never>; clear: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the workers did not end within ${ms} ms`)), ms);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
