import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { SliceResult } from '../process/tasks';

/** A process that does one task at a time: it reads a line of JSON for each task, and writes one for its result. */
export class TaskProcess {
  private readonly lines: Interface;
  private readonly ended: Promise<unknown>;

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) throw new Error('the process has no output');
    this.lines = createInterface({ input: child.stdout });
    this.ended = once(child, 'exit');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  static start(program: string, args: readonly string[]): TaskProcess {
    return new TaskProcess(spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** Repeats an operation for `durationMs`, at least once. */
  async run(operation: string, durationMs = 0): Promise<SliceResult> {
    const answered = once(this.lines, 'line');
    this.child.stdin?.write(`${JSON.stringify({ operation, durationMs })}\n`);
    const [line] = (await Promise.race([answered, this.ended.then(() => [])])) as [string?];
    if (line === undefined) throw new Error(`a contender ended during "${operation}"`);
    return JSON.parse(line) as SliceResult;
  }

  async end(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
  }
}
