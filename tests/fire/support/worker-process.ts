import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { FromWorker, ToWorker } from './worker-protocol';

const ROOT = resolve(__dirname, '../../..');

/** A Node process of its own that runs a task of `worker.ts`; the test may pause and kill it. */
export class WorkerProcess {
  private readonly messages: FromWorker[] = [];
  private readonly listeners = new Set<() => void>();

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (message: FromWorker) => {
      this.messages.push(message);
      for (const listener of this.listeners) listener();
    });
    child.on('exit', () => {
      for (const listener of this.listeners) listener();
    });
  }

  /** Starts a process and resolves when it has loaded its program. */
  static async start(program: WorkerProgram): Promise<WorkerProcess> {
    const worker = new WorkerProcess(fork(program.file, [], { execArgv: ['--enable-source-maps'], stdio: 'inherit' }));
    await worker.next(({ type }) => type === 'ready', 'to be ready');
    return worker;
  }

  /** Begins a task without waiting for it. */
  begin(task: string, params: unknown): void {
    this.tell({ type: 'begin', task, params });
  }

  /** What the task returned. Rejects with a {@link WorkerError} when it threw. */
  async result<T>(): Promise<T> {
    return valueOf<T>(await this.next(({ type }) => type === 'done' || type === 'failed', 'to end its task'));
  }

  async run<T>(task: string, params: unknown): Promise<T> {
    this.begin(task, params);
    return this.result<T>();
  }

  /** Waits until the task reports something under a name. Rejects with a {@link WorkerError} when it threw before. */
  async report<T>(name: string): Promise<T> {
    const isWanted = (one: FromWorker): boolean => one.type === 'failed' || (one.type === 'report' && one.name === name);
    return valueOf<T>(await this.next(isWanted, `to report "${name}"`));
  }

  /** Lets a task that waits for a cue go on. */
  cue(name: string): void {
    this.tell({ type: 'cue', name });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends the process, even a paused one. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  private tell(message: ToWorker): void {
    this.child.send(message);
  }

  private async next(wanted: (message: FromWorker) => boolean, what: string): Promise<FromWorker> {
    for (;;) {
      const index = this.messages.findIndex(wanted);
      if (index >= 0) return this.messages.splice(index, 1)[0] as FromWorker;
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`worker ${this.child.pid} was waited for ${what}, but ended with ${this.child.exitCode ?? this.child.signalCode}`);
      }
      await new Promise<void>((heard) => {
        const listener = (): void => {
          this.listeners.delete(listener);
          heard();
        };
        this.listeners.add(listener);
      });
    }
  }
}

function valueOf<T>(message: FromWorker): T {
  if (message.type === 'failed') throw new WorkerError(message);
  return (message as Exclude<FromWorker, { type: 'failed' | 'ready' }>).value as T;
}

/** What a task threw in its process. */
export class WorkerError extends Error {
  readonly code: string | undefined;

  constructor({ name, message, code }: Extract<FromWorker, { type: 'failed' }>) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/** `worker.ts`, compiled once for all processes of a test file. */
export interface WorkerProgram {
  readonly file: string;
  remove(): void;
}

async function buildWorker(): Promise<WorkerProgram> {
  // Below the project, so that packages are found from there.
  const folder = join(ROOT, 'node_modules/.cache/redatom-fire');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `worker-${process.pid}-${Date.now()}.cjs`);
  await build({
    entryPoints: [join(__dirname, 'worker.ts')],
    outfile: file,
    bundle: true,
    packages: 'external',
    alias: {
      'redatom/batch': join(ROOT, 'src/batch/index.ts'),
      'redatom/testing': join(ROOT, 'src/testing.ts'),
      'redatom/tree': join(ROOT, 'src/tree/index.ts'),
      redatom: join(ROOT, 'src/index.ts'),
    },
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    tsconfig: join(ROOT, 'tsconfig.json'),
  });
  return { file, remove: () => rmSync(file, { force: true }) };
}

/** Processes that end with the test file. */
export class WorkerPool {
  private program: WorkerProgram | undefined;
  private readonly workers: WorkerProcess[] = [];

  async start(count: number): Promise<WorkerProcess[]> {
    const program = (this.program ??= await buildWorker());
    const started = await Promise.all(Array.from({ length: count }, () => WorkerProcess.start(program)));
    this.workers.push(...started);
    return started;
  }

  async endAll(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker.end()));
  }

  async close(): Promise<void> {
    await this.endAll();
    this.program?.remove();
  }
}
