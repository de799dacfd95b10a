import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ContenderName } from '../contenders/contender';
import type { Prepare, Reply, Request, SliceResult, Weight } from '../process/messages';

const PROGRAM = join(__dirname, '../dist/process/main.js');

/** A contender in its own process, which takes one request at a time. */
export class ContenderProcess {
  private constructor(
    readonly name: ContenderName,
    private readonly child: ChildProcess,
  ) {}

  static async start(name: ContenderName, url: string): Promise<ContenderProcess> {
    const execArgv = ['--expose-gc', ...(process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter(Boolean)];
    const started = new ContenderProcess(name, fork(PROGRAM, { execArgv }));
    await started.ask({ kind: 'hello', contender: name, url });
    return started;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async prepare(request: Omit<Prepare, 'kind'>): Promise<void> {
    await this.ask({ kind: 'prepare', ...request });
  }

  async run(): Promise<SliceResult> {
    const reply = await this.ask({ kind: 'run' });
    if (reply.kind !== 'slice') throw new Error(`${this.name} answered ${reply.kind}`);
    return reply.result;
  }

  async weigh(documents: number): Promise<Weight> {
    const reply = await this.ask({ kind: 'weigh', documents });
    if (reply.kind !== 'weight') throw new Error(`${this.name} answered ${reply.kind}`);
    return reply.weight;
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    const impatience = setTimeout(() => this.child.kill('SIGKILL'), 3000);
    if (this.child.connected) this.child.send({ kind: 'bye' } satisfies Request);
    await ended;
    clearTimeout(impatience);
  }

  private ask(request: Request): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: () => void): void => {
        this.child.off('message', onMessage).off('exit', onExit);
        outcome();
      };
      const onExit = (): void => settle(() => reject(new Error(`the process of ${this.name} ended during "${request.kind}"`)));
      const onMessage = (reply: Reply): void =>
        settle(() => (reply.kind === 'failed' ? reject(new Error(`${this.name}: ${reply.reason}`)) : resolve(reply)));
      this.child.on('message', onMessage).on('exit', onExit);
      this.child.send(request);
    });
  }
}
