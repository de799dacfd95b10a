import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunOvertakenError, type Agent } from './agent';
import { NaiveAgent } from './naive-agent';
import { RedatomAgent } from './redatom-agent';
import type { Cue, Report } from './reports';

const TURNS = 60;
const TURNS_PER_RUN = 10;
const TURN_OF_LONG_THOUGHT = 5;
const TOKENS_PER_ANSWER = 25;

/** One process that works on a session: `worker.ts <redatom|naive> <url> <session id> <name> <long thought: yes|no>`. */
async function main(): Promise<void> {
  const [way, url, sessionId, name, hasLongThought] = process.argv.slice(2) as [string, string, string, string, string];
  const agent = way === 'redatom' ? await RedatomAgent.open(url, sessionId) : await NaiveAgent.open(url, sessionId);
  const worker = new Worker(agent, name, hasLongThought === 'yes');
  tell({ kind: 'ready' });
  await cue('begin');
  await worker.work();
  await agent.close();
  process.disconnect();
}

class Worker {
  constructor(
    private readonly agent: Agent,
    private readonly name: string,
    private hasLongThought: boolean,
  ) {}

  async work(): Promise<void> {
    for (let turn = 1; turn <= TURNS; turn += 1) {
      await this.takeTurn(`${this.name}-${turn}`);
      if (turn % TURNS_PER_RUN === 0 || (this.hasLongThought && turn === TURN_OF_LONG_THOUGHT)) await this.run();
    }
    while (await this.run());
  }

  private async takeTurn(id: string): Promise<void> {
    const isPaid = await this.agent.spend(TOKENS_PER_ANSWER);
    tell(isPaid ? { kind: 'tokens', tokens: TOKENS_PER_ANSWER } : { kind: 'over-budget' });
    await this.agent.keepToolResult(id, { tool: 'search', hits: id.length });
    tell({ kind: 'tool', id });
    await this.agent.say({ id, author: this.name, text: isPaid ? 'I found something.' : 'The budget is spent.' });
    tell({ kind: 'message', id });
    await sleep(Math.random() * 10);
  }

  /** Resolves to whether there was a step to work on. */
  private async run(): Promise<boolean> {
    let result = '';
    try {
      const id = await this.agent.runNextStep(async (title) => (result = await this.think(title)));
      if (id !== undefined) tell({ kind: 'step', id, result });
      return id !== undefined;
    } catch (error) {
      if (!(error instanceof RunOvertakenError)) throw error;
      tell({ kind: 'overtaken', reason: error.message });
      return true;
    }
  }

  private async think(title: string): Promise<string> {
    const isLong = this.hasLongThought;
    this.hasLongThought = false;
    tell({ kind: 'thinking', at: Date.now() });
    await (isLong ? cue('go on') : sleep(20));
    return `${title}, done by ${this.name}`;
  }
}

function tell(report: Report): void {
  process.send?.(report);
}

async function cue(expected: Cue): Promise<void> {
  for (;;) {
    const [heard] = (await once(process, 'message')) as [Cue];
    if (heard === expected) return;
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
