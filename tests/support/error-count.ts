/** How often a server has answered with an error so far, by its `INFO errorstats`. */
export function errorCount(stats: unknown, error: string): number {
  return Number(new RegExp(`errorstat_${error}:count=(\\d+)`).exec(String(stats))?.[1] ?? 0);
}
