import type { Json } from 'redatom';

/** The most tokens that all workers of a session together may spend. */
export const TOKEN_BUDGET = 6_000;

/** How long the lock of a run outlives a crashed worker, in milliseconds. */
export const RUN_LOCK_MS = 1_000;

export interface AgentMessage {
  readonly id: string;
  readonly author: string;
  readonly text: string;
}

/** What a worker does to the session that it shares with other workers. */
export interface Agent {
  say(message: AgentMessage): Promise<void>;
  keepToolResult(callId: string, result: Json): Promise<void>;
  /** Counts tokens against the budget; resolves to false when they would exceed it. */
  spend(tokens: number): Promise<boolean>;
  /** Takes the next waiting step of the plan and stores the result of `work`; one worker at a time. Resolves to the step's id, or undefined if none waits. */
  runNextStep(work: (title: string) => Promise<string>): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The work of a run ended too late: another worker had the lock by then, and nothing was written. */
export class RunOvertakenError extends Error {
  override readonly name = 'RunOvertakenError';
}
