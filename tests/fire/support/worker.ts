import * as contentionTasks from './contention-tasks';
import { runBefore, runNow } from './deploy-tasks';
import { writeThroughFailover } from './failover-tasks';
import * as lockTasks from './lock-tasks';
import { writeThroughRestarts } from './restart-tasks';
import * as treeTasks from './tree-tasks';
import type { Conversation, FromWorker, Task, ToWorker } from './worker-protocol';

const tasks: Record<string, Task> = {
  ...contentionTasks,
  ...lockTasks,
  ...treeTasks,
  runBefore,
  runNow,
  writeThroughFailover,
  writeThroughRestarts,
};
const given = new Set<string>();
const waiting = new Map<string, () => void>();

function tell(message: FromWorker): void {
  process.send?.(message);
}

const conversation: Conversation = {
  report: (name, value) => tell({ type: 'report', name, value }),
  cue: (name) =>
    new Promise((resolve) => {
      if (given.delete(name)) resolve();
      else waiting.set(name, resolve);
    }),
};

function takeCue(name: string): void {
  const resume = waiting.get(name);
  waiting.delete(name);
  if (resume === undefined) given.add(name);
  else resume();
}

async function perform(task: string, params: unknown): Promise<void> {
  try {
    const work = tasks[task];
    if (work === undefined) throw new Error(`there is no task "${task}"`);
    tell({ type: 'done', value: await work(params as never, conversation) });
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    tell({ type: 'failed', name, message, code });
  }
}

process.on('message', (message: ToWorker) => {
  if (message.type === 'cue') takeCue(message.name);
  else void perform(message.task, message.params);
});
tell({ type: 'ready' });
