import type { Contender } from '../contenders/contender';
import { workloadNamed } from '../workloads/all';
import type { Operation } from '../workloads/workload';
import { loadContender } from './load-contender';
import type { Prepare, Reply, Request } from './messages';
import { runSlice } from './run-slice';
import { weigh } from './weigh';

/** The process of one contender: does what the harness asks over the channel that Node opened between them. */
class ContenderProcess {
  private contender: Contender | undefined;
  private prepared: { operation: Operation; request: Prepare } | undefined;

  async answer(request: Request): Promise<Reply | undefined> {
    switch (request.kind) {
      case 'hello':
        this.contender = await (await loadContender(request.contender))(request.url);
        return { kind: 'ready' };
      case 'prepare':
        this.prepared = { operation: await workloadNamed(request.workload).prepare(this.connected, request.plan), request };
        return { kind: 'ready' };
      case 'run':
        return { kind: 'slice', result: await this.run() };
      case 'weigh':
        return { kind: 'weight', weight: await weigh(this.connected, request.documents) };
      case 'bye':
        await this.contender?.close();
        process.disconnect();
        return undefined;
    }
  }

  private get connected(): Contender {
    if (this.contender === undefined) throw new Error('no contender is connected');
    return this.contender;
  }

  private run(): ReturnType<typeof runSlice> {
    if (this.prepared === undefined) throw new Error('nothing was prepared');
    const { operation, request } = this.prepared;
    this.prepared = undefined;
    return runSlice(operation, request.plan, request.inFlight);
  }
}

const contenderProcess = new ContenderProcess();

process.on('message', (request: Request) => {
  contenderProcess.answer(request).then(
    (reply) => reply !== undefined && process.send?.(reply),
    (error: unknown) => {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.send?.({ kind: 'failed', reason } satisfies Reply);
    },
  );
});
