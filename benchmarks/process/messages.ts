import type { ContenderName } from '../contenders/contender';
import type { Plan } from '../workloads/workload';

/** The first message to the process of a contender. */
export interface Hello {
  readonly kind: 'hello';
  readonly contender: ContenderName;
  readonly url: string;
}

/** Get ready for a slice: build inputs, load the documents that it works on. */
export interface Prepare {
  readonly kind: 'prepare';
  readonly workload: string;
  readonly plan: Plan;
  readonly inFlight: number;
}

/** Run what was prepared. */
export interface Run {
  readonly kind: 'run';
}

/** Load documents and weigh them. */
export interface Weigh {
  readonly kind: 'weigh';
  readonly documents: number;
}

export interface Bye {
  readonly kind: 'bye';
}

export type Request = Hello | Prepare | Run | Weigh | Bye;

/** Measurements of one slice in one process. Moments are in milliseconds since the epoch, with fractions. */
export interface SliceResult {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly cpuMicros: number;
  readonly sum: number;
  /** Sorted, in milliseconds. */
  readonly latencies: readonly number[];
}

/** Bytes for each loaded document. */
export interface Weight {
  readonly unread: number;
  readonly read: number;
}

export type Reply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'slice'; readonly result: SliceResult }
  | { readonly kind: 'weight'; readonly weight: Weight }
  | { readonly kind: 'failed'; readonly reason: string };
