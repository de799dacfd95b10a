import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

export interface Task {
  readonly operation: string;
  readonly durationMs: number;
}

export interface SliceResult {
  readonly count: number;
  readonly seconds: number;
}

/** One process of a contender, which does as it is told, one task at a time. */
export class TreeContender {
  private readonly lines: Interface;

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) throw new Error('the contender has no output');
    this.lines = createInterface({ input: child.stdout });
  }

  static redatom(url: string): TreeContender {
    return this.start(process.execPath, [join(__dirname, '../dist/tree/redatom-contender.js'), url]);
  }

  static redicts(python: string, url: string): TreeContender {
    const { hostname, port, pathname } = new URL(url);
    return this.start(python, [join(__dirname, 'redicts-contender.py'), hostname, port, pathname.slice(1) || '0']);
  }

  private static start(program: string, args: readonly string[]): TreeContender {
    return new TreeContender(spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  async run(operation: string, durationMs = 0): Promise<SliceResult> {
    const answered = once(this.lines, 'line');
    const ended = once(this.child, 'exit').then(() => Promise.reject(new Error(`a contender ended during "${operation}"`)));
    this.child.stdin?.write(`${JSON.stringify({ operation, durationMs })}\n`);
    const [line] = (await Promise.race([answered, ended])) as [string];
    ended.catch(() => undefined);
    return JSON.parse(line) as SliceResult;
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
  }
}
