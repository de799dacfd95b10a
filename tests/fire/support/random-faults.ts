import fc from 'fast-check';
import type { TcpProxy, Fault } from '../../support/tcp-proxy';
import type { OwnServer } from './own-servers';
import { outcomeOf } from './verbs';

export type RandomFault = Fault | 'scripts forgotten' | undefined;

/** What happens to a request; often nothing does. */
export const randomFault: fc.Arbitrary<RandomFault> = fc.constantFrom(
  undefined,
  undefined,
  'cut before',
  'cut during',
  'cut after',
  'swallow reply',
  'first line',
  'scripts forgotten',
);

/** Lets the fault happen to the next request that contains the text `request`; without a text, to the next one. */
export async function letHappen(
  fault: RandomFault,
  { server, proxy, request = '' }: { server: OwnServer; proxy: TcpProxy; request?: string },
): Promise<void> {
  if (fault === 'scripts forgotten') await server.send('SCRIPT', 'FLUSH');
  else if (fault !== undefined) void proxy.onRequest(request, fault);
}

let count = 0;

/** A text that no other write leaves. */
export function newMark(): string {
  count += 1;
  return `<${count}>`;
}

/** Reports what became of a write inside a section. */
export type Wrote = (write: Promise<unknown>) => Promise<unknown>;

/** How a section ended, or how its write ended if there was one, because a write stays however the section ends. */
export async function codeOfSection(run: (wrote: Wrote) => Promise<unknown>): Promise<string> {
  let inside: string | undefined;
  const { code } = await outcomeOf(
    run(async (write) => {
      inside = (await outcomeOf(write)).code;
      return write;
    }),
  );
  return inside ?? code;
}

const TIMES: Record<string, readonly number[]> = { done: [1], OUTCOME_UNKNOWN: [0, 1] };

/** What was reported of a call that was to leave a mark. */
export interface Told {
  readonly call: string;
  readonly code: string;
  readonly mark: string;
}

/** Checks that each mark is stored as often as was reported: once, not at all, or one of these if the outcome is unknown. */
export function expectTruth(stored: string, told: readonly Told[]): void {
  for (const { call, code, mark } of told) {
    const found = stored.split(mark).length - 1;
    expect({ call, code, found, isTrue: (TIMES[code] ?? [0]).includes(found) }).toEqual({ call, code, found, isTrue: true });
  }
}
