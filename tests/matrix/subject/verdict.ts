/** What one run of the behaviour found. */
export interface Verdict {
  readonly passed: string[];
  readonly failed: { readonly check: string; readonly reason: string }[];
}

export type Check = () => unknown;

/** Runs the checks one after another; a failed one does not stop the rest. */
export async function runChecks(checks: Readonly<Record<string, Check>>): Promise<Verdict> {
  const verdict: Verdict = { passed: [], failed: [] };
  for (const [check, run] of Object.entries(checks)) {
    try {
      await run();
      verdict.passed.push(check);
    } catch (error) {
      verdict.failed.push({ check, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  return verdict;
}
