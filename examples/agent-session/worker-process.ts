import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import type { Cue, Report, ReportOf } from './reports';

export interface WorkerOptions {
  readonly way: 'redatom' | 'naive';
  readonly url: string;
  readonly sessionId: string;
  readonly name: string;
  /** Its first run lasts until it is told to go on. */
  readonly hasLongThought: boolean;
}

/** A worker in its own process, as seen by the process that watches it. */
export class WorkerProcess {
  readonly name: string;
  readonly reports: Report[] = [];
  private readonly news = new EventEmitter();
  private readonly process: ChildProcess;
  private readonly exit: Promise<unknown>;

  constructor({ way, url, sessionId, name, hasLongThought }: WorkerOptions) {
    this.name = name;
    this.process = fork(join(__dirname, 'worker.ts'), [way, url, sessionId, name, hasLongThought ? 'yes' : 'no']);
    this.exit = once(this.process, 'exit');
    this.process.on('message', (report: Report) => {
      this.reports.push(report);
      this.news.emit('report', report);
    });
  }

  /** Resolves when the process has ended. Rejects if it failed without being killed. */
  async ended(): Promise<void> {
    await this.exit;
    const { exitCode, signalCode } = this.process;
    if (exitCode !== 0 && signalCode !== 'SIGKILL') throw new Error(`${this.name} ended with ${exitCode ?? signalCode}`);
  }

  onReport(listener: (report: Report) => void): void {
    this.news.on('report', listener);
  }

  /** Resolves to the first report of a kind that comes after this call. */
  next<K extends Report['kind']>(kind: K): Promise<ReportOf<K>> {
    return new Promise((resolve) => {
      const listener = (report: Report): void => {
        if (report.kind !== kind) return;
        this.news.off('report', listener);
        resolve(report as ReportOf<K>);
      };
      this.news.on('report', listener);
    });
  }

  tell(cue: Cue): void {
    this.process.send(cue);
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(signal);
  }
}
