import type { AtomicRedisModel } from 'redatom';
import type { Backend } from '../../support/backends';
import type { Draw, Step, Subject } from './contract';
import type { Handle } from './handles';

/** A step, by its number among those of the program, and what was drawn for it. */
export type Call = readonly [step: number, draw: Draw];

/** The state of a program: two instances of its document, and the plain model of what Redis holds. */
export interface Run<It extends AtomicRedisModel, Twin extends object> {
  readonly server: Backend;
  readonly subject: Subject<It, Twin>;
  /** The steps that this program draws from. */
  readonly steps: readonly Step<It, Twin>[];
  /** The fields, among the places of these steps, whose values users may hold. */
  readonly held: readonly string[];
  /** Values inside `it` that a user holds. */
  readonly handles: Handle[];
  readonly it: It;
  /** Has what it read last, which may be long ago. */
  readonly other: It;
  readonly model: Twin;
}

/** Calls of steps, in their order. They change `twin`, and `it` or else the instance of the run. */
interface Work<It, Twin> {
  readonly twin: Twin;
  readonly calls: readonly Call[];
  readonly it?: It;
}

export function stepOf<It extends AtomicRedisModel, Twin extends object>({ steps }: Run<It, Twin>, index: number): Step<It, Twin> {
  return steps[index % steps.length] as Step<It, Twin>;
}

/** Makes changes locally; they are queued. */
export function queueAll<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, work: Work<It, Twin>): void {
  for (const [index, draw] of work.calls) {
    const { queue, plain } = stepOf(run, index);
    if (queue !== undefined) plain(work.twin, draw, queue(work.it ?? run.it, draw));
  }
}

/** Makes changes in Redis at once. */
export async function sendAll<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, work: Work<It, Twin>): Promise<void> {
  for (const [index, draw] of work.calls) {
    const { atOnce, plain } = stepOf(run, index);
    if (atOnce !== undefined) plain(work.twin, draw, await atOnce(work.it ?? run.it, draw));
  }
}

/** Makes changes of both kinds; the queued ones may still wait afterwards. */
export async function mixAll<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, work: Work<It, Twin>): Promise<void> {
  for (const [index, draw] of work.calls) {
    const { queue, atOnce, plain } = stepOf(run, index);
    const act = draw.i % 2 === 0 ? (queue ?? atOnce) : (atOnce ?? queue);
    plain(work.twin, draw, await act?.(work.it ?? run.it, draw));
  }
}

/** Makes changes of both kinds inside a pipeline, which refuses those that need a reply. */
export async function collectAll<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  work: Work<It, Twin>,
): Promise<void> {
  for (const call of work.calls) {
    const refused = await mixAll(run, { ...work, calls: [call] }).catch((error: unknown) => error);
    if (refused !== undefined) expect(refused).toMatchObject({ code: 'PIPELINE_NEEDS_REPLY' });
  }
}

/** The calls that do the same whatever the instance knows. */
export function blind<It extends AtomicRedisModel, Twin extends object>(run: Run<It, Twin>, calls: readonly Call[]): readonly Call[] {
  return calls.filter(([index]) => stepOf(run, index).isBlind === true);
}

/** Checks what is stored, and what the instance holds. */
export async function expectState<It extends AtomicRedisModel, Twin extends object>(
  run: Run<It, Twin>,
  { stored, local = stored }: { stored: Twin; local?: Twin },
): Promise<void> {
  const { server, subject, it } = run;
  expect(plainOf(subject, await server.json(it.key))).toEqual(stored);
  expect(plainOf(subject, it.toJSON())).toEqual(local);
  expect(it.isStale).toBe(false);
}

/** The document without the version, which its twin lacks. */
export function plainOf<It extends AtomicRedisModel, Twin extends object>({ lifetime }: Subject<It, Twin>, document: unknown): unknown {
  if (lifetime === undefined) return document;
  const { [lifetime.version]: version, ...rest } = document as Record<string, unknown>;
  expect(version).toBeGreaterThan(0);
  return rest;
}
