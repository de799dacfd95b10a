import { TOKEN_BUDGET } from './agent';
import type { Report, ReportOf } from './reports';
import type { StoredSession } from './stored-session';

/** What is stored, compared with what Redis confirmed to the workers. */
export interface Verdict {
  /** Updates that were confirmed. */
  readonly updates: number;
  /** Confirmed updates that are not stored, by kind. */
  readonly lost: Readonly<Record<'messages' | 'toolResults' | 'tokenCounts' | 'steps' | 'runCounts', number>>;
  readonly lostInAll: number;
  /** Updates that are stored twice, or that were never confirmed. */
  readonly surplus: number;
  /** Tokens that were actually spent. */
  readonly spent: number;
  readonly isOverBudget: boolean;
  /** True if the write of the paused worker was refused, because others had taken its place. */
  readonly lateWriteRefused: boolean;
}

export function judge(reports: readonly Report[], stored: StoredSession): Verdict {
  const of = <K extends Report['kind']>(kind: K): ReportOf<K>[] => reports.filter((report): report is ReportOf<K> => report.kind === kind);
  const storedMessages = new Set(stored.messages.map(({ id }) => id));
  const results = new Map(stored.plan.steps.map(({ id, result }) => [id, result]));
  const spends = of('tokens');
  const spent = spends.reduce((sum, { tokens }) => sum + tokens, 0);
  const lost = {
    messages: of('message').filter(({ id }) => !storedMessages.has(id)).length,
    toolResults: of('tool').filter(({ id }) => !(id in stored.toolResults)).length,
    tokenCounts: Math.max(0, spent - stored.tokens) / (spends[0]?.tokens ?? 1),
    steps: of('step').filter(({ id, result }) => results.get(id) !== result).length,
    runCounts: Math.max(0, of('step').length - stored.finishedRuns),
  };
  return {
    updates: of('message').length + of('tool').length + spends.length + 2 * of('step').length,
    lost,
    lostInAll: Object.values(lost).reduce((sum, count) => sum + count, 0),
    surplus:
      Math.max(0, stored.messages.length - of('message').length) +
      Math.max(0, Object.keys(stored.toolResults).length - of('tool').length) +
      Math.max(0, stored.tokens - spent) +
      Math.max(0, stored.finishedRuns - of('step').length),
    spent,
    isOverBudget: spent > TOKEN_BUDGET,
    lateWriteRefused: of('overtaken').length > 0,
  };
}
