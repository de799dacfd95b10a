import type { VirtualClock } from './virtual-clock';
import type { Happening, World } from './world';

/** Something from outside that can happen once, between any two steps. */
export interface Fault extends Happening {
  readonly isPossible: () => boolean;
}

/** One run of some processes. */
export interface Run {
  readonly world: World;
  readonly faults: readonly Fault[];
  readonly isOver: () => boolean;
  /** Time went on although other things could happen, so those are late by that much. */
  readonly noteDelay: (ms: number) => void;
  /** What has gone wrong so far, if anything. */
  readonly wrongNow: () => string | undefined;
  readonly wrongAtEnd: () => Promise<string | undefined>;
  readonly close: () => Promise<unknown>;
}

export type Scenario = (clock: VirtualClock) => Promise<Run>;

/**
 * The steps at which a run leaves the usual order, and the position, among all that is possible then, of what happens instead. What it passes over
 * comes late.
 */
type Plan = readonly (readonly [step: number, choice: number])[];

const MAX_STEPS = 2_000;

/** Waits until all that follows from the latest event has run. A call that is given up hears of it one turn later. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * The first of these happens unless the plan says otherwise: things in the order in which they came about, and time goes on when nothing else can happen.
 * Faults come last: they happen by plan, or when nothing else can.
 */
function possibleNow({ world, faults, noteDelay }: Run, used: ReadonlySet<Happening>): Happening[] {
  const { clock } = world;
  const possible = world.possible();
  const waitMs = clock.idleMs;
  const goOn = (): void => {
    if (possible.length > 0) noteDelay(waitMs ?? 0);
    clock.goOn();
  };
  const wait = waitMs === undefined ? [] : [{ label: `${Math.ceil(waitMs)} ms pass`, happen: goOn }];
  return [...possible, ...wait, ...faults.filter((fault) => !used.has(fault) && fault.isPossible())];
}

/** Resolves to the number of possibilities at each step; rejects with what went wrong and the steps that led there. */
async function runPlan(scenario: Scenario, clock: VirtualClock, plan: Plan): Promise<readonly number[]> {
  clock.reset();
  const run = await scenario(clock);
  const planned = new Map(plan);
  const choices: number[] = [];
  const trail: string[] = [];
  const used = new Set<Happening>();
  const wrong = (): string | undefined => (choices.length > MAX_STEPS ? 'it does not end' : run.wrongNow());
  await settle();
  while (!run.isOver() && wrong() === undefined) {
    const possible = possibleNow(run, used);
    const next = possible[planned.get(choices.length) ?? 0] as Happening;
    choices.push(possible.length);
    trail.push(`${run.world.clock.nowMs.toFixed(2)} ${next.label}`);
    used.add(next);
    run.world.postponeAllBefore(next);
    next.happen();
    // No two things happen at the same moment.
    clock.nowMs += 0.01;
    await settle();
  }
  const found = wrong() ?? (await run.wrongAtEnd());
  await finish(run.world, run.close());
  if (found !== undefined) throw new Error(`${found}\n${trail.join('\n')}`);
  return choices;
}

/** Lets everything go on until a call has ended. */
export async function finish(world: World, call: Promise<unknown>): Promise<void> {
  let isOver = false;
  void call.finally(() => (isOver = true));
  for (let step = 0; step < MAX_STEPS; step += 1) {
    await settle();
    if (isOver) return;
    const [first] = world.possible();
    if (first === undefined) world.clock.goOn();
    else first.happen();
  }
}

/** Tries all runs that leave the order once, and about `twice` of those that leave it twice. Resolves to the number of runs; rejects with the first failure. */
export async function explore(scenario: Scenario, clock: VirtualClock, twice: number): Promise<number> {
  const once = detours([], await runPlan(scenario, clock, []));
  const further: Plan[] = [];
  for (const plan of once) further.push(...detours(plan, await runPlan(scenario, clock, plan)));
  const sample = further.filter((_, at) => at % Math.ceil(further.length / twice) === 0);
  for (const plan of sample) await runPlan(scenario, clock, plan);
  return 1 + once.length + sample.length;
}

function detours(plan: Plan, choices: readonly number[]): Plan[] {
  const first = (plan.at(-1)?.[0] ?? -1) + 1;
  const others = (count: number, at: number): Plan[] =>
    Array.from({ length: count - 1 }, (_, choice) => [...plan, [first + at, choice + 1]]);
  return choices.slice(first).flatMap(others);
}
