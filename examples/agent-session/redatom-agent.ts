import { CommitRefusedError, connect, LockLostError, type Database, type Json } from 'redatom';
import { RunOvertakenError, RUN_LOCK_MS, TOKEN_BUDGET, type Agent, type AgentMessage } from './agent';
import { Session } from './session';

export class RedatomAgent implements Agent {
  private constructor(
    private readonly db: Database,
    private readonly session: Session,
  ) {}

  static async open(url: string, sessionId: string): Promise<RedatomAgent> {
    const db = await connect(url, { models: [Session] });
    return new RedatomAgent(db, await Session.get(sessionId));
  }

  async say(message: AgentMessage): Promise<void> {
    await this.session.messages.aappend(message);
  }

  async keepToolResult(callId: string, result: Json): Promise<void> {
    await this.session.toolResults.asetItem(callId, result);
  }

  async spend(tokens: number): Promise<boolean> {
    try {
      await this.session.tokens.adjust(tokens, { max: TOKEN_BUDGET });
      return true;
    } catch (error) {
      if (error instanceof CommitRefusedError && error.reason === 'above-max') return false;
      throw error;
    }
  }

  async runNextStep(work: (title: string) => Promise<string>): Promise<string | undefined> {
    try {
      return await this.session.withLock('run', (session) => workOn(session, work), {
        saveAtEnd: true,
        ttlMs: RUN_LOCK_MS,
        waitMs: 30_000,
      });
    } catch (error) {
      if (error instanceof LockLostError) throw new RunOvertakenError(error.message, { cause: error });
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.db.close();
  }
}

async function workOn(session: Session, work: (title: string) => Promise<string>): Promise<string | undefined> {
  const step = session.plan.steps.find(({ status }) => status === 'waiting');
  if (step === undefined) return undefined;
  step.result = await work(step.title);
  step.status = 'done';
  session.finishedRuns += 1;
  return step.id;
}
