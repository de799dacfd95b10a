/** One way to do the same work. */
export interface Way {
  readonly name: string;
  run(): Promise<unknown>;
}

/** The middle of the rates of a way, in commands a second. */
export interface Rate {
  readonly name: string;
  readonly perSecond: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

/** Measures ways in turns, so that whatever else the machine does meets all of them alike. */
export async function inTurns(
  ways: readonly Way[],
  { commands, sliceMs, rounds }: { commands: number; sliceMs: number; rounds: number },
): Promise<Rate[]> {
  const rates = ways.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [at, way] of ways.entries()) {
      const begin = performance.now();
      let runs = 0;
      while (performance.now() - begin < sliceMs) {
        await way.run();
        runs += 1;
      }
      // The first round warms up.
      if (round > 0) rates[at]?.push((runs * commands * 1000) / (performance.now() - begin));
    }
  }
  return ways.map(({ name }, at) => ({ name, perSecond: median(rates[at] as number[]) }));
}

export function print(title: string, rates: readonly Rate[]): void {
  const [base] = rates as readonly [Rate];
  console.log(title);
  for (const { name, perSecond } of rates) {
    console.log(
      `  ${name.padEnd(36)} ${Math.round(perSecond).toString().padStart(9)} commands/s   ${(perSecond / base.perSecond).toFixed(2)}`,
    );
  }
}
