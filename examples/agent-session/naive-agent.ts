import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'redis';
import { RUN_LOCK_MS, TOKEN_BUDGET, type Agent, type AgentMessage } from './agent';
import type { StoredSession } from './stored-session';

type Client = ReturnType<typeof openClient>;

/** The session as most code keeps it: one JSON text, read with GET, changed in the process, written with SET. */
export class NaiveAgent implements Agent {
  private constructor(
    private readonly client: Client,
    private readonly key: string,
  ) {}

  static async open(url: string, sessionId: string): Promise<NaiveAgent> {
    return new NaiveAgent(await openClient(url).connect(), naiveKeyOf(sessionId));
  }

  say(message: AgentMessage): Promise<void> {
    return this.change((session) => void session.messages.push(message));
  }

  keepToolResult(callId: string, result: unknown): Promise<void> {
    return this.change((session) => {
      session.toolResults[callId] = result;
    });
  }

  spend(tokens: number): Promise<boolean> {
    return this.change((session) => {
      if (session.tokens + tokens > TOKEN_BUDGET) return false;
      session.tokens += tokens;
      return true;
    });
  }

  async runNextStep(work: (title: string) => Promise<string>): Promise<string | undefined> {
    const lock = `${this.key}:lock`;
    while ((await this.client.set(lock, '1', { condition: 'NX', expiration: { type: 'PX', value: RUN_LOCK_MS } })) === null)
      await sleep(20);
    const position = (await this.read()).plan.steps.findIndex(({ status }) => status === 'waiting');
    const done = position === -1 ? undefined : await this.finishStep(position, work);
    await this.client.del(lock);
    return done;
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async finishStep(position: number, work: (title: string) => Promise<string>): Promise<string | undefined> {
    const result = await work(`step ${position + 1}`);
    return this.change((session) => {
      const step = session.plan.steps[position];
      if (step === undefined) return undefined;
      step.result = result;
      step.status = 'done';
      session.finishedRuns += 1;
      return step.id;
    });
  }

  private async read(): Promise<StoredSession> {
    return JSON.parse((await this.client.get(this.key)) ?? '{}') as StoredSession;
  }

  private async change<R>(edit: (session: StoredSession) => R): Promise<R> {
    const session = await this.read();
    const result = edit(session);
    await this.client.set(this.key, JSON.stringify(session), { expiration: { type: 'EX', value: 15 * 60 } });
    return result;
  }
}

export function naiveKeyOf(sessionId: string): string {
  return `naive:${sessionId}`;
}

function openClient(url: string) {
  return createClient({ url });
}
