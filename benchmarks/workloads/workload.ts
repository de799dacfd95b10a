import type { Contender } from '../contenders/contender';
import type { StoredUser } from '../sample/user-data';

/** Client and server on one core, or on one each. */
export type Cores = 'one' | 'one each';

export interface Goal {
  /** Rate as a part of raw's. */
  readonly ratio: number;
  /** Client CPU per operation as a multiple of raw's. */
  readonly cpu?: number;
  readonly p99Ms?: number;
}

/** One row of the table: a workload and how many operations are in flight. */
export interface Row {
  /** `c1`, `c64`, `16 on one key` … */
  readonly label: string;
  readonly inFlight: number;
  /** Processes that share the work; `inFlight` counts for each. 1 when absent. */
  readonly processes?: number;
  /** Left to the kernel when absent. With one request under way at a time, its choice makes a factor of three. */
  readonly cores?: Cores;
  /** None where a row only shows what another one leaves open. */
  readonly goal?: Goal;
}

/** What a slice will do. The same numbers give the same plan in every process. */
export interface Plan {
  /** In all processes together. */
  readonly operations: number;
  /** Operations of this process: from `first` to before `end`. */
  readonly first: number;
  readonly end: number;
}

/** What Redis and the contender must hold after a slice. */
export interface Expected {
  readonly documents: readonly StoredUser[];
  readonly absentKeys?: readonly string[];
  /** Sum of what the operations resolved to; absent where it depends on their order. */
  readonly sum?: number;
}

/** Does operation number `index` and resolves to a number that goes into the sum. */
export type Operation = (index: number) => Promise<number>;

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** What a rate counts; one operation handles `weight` of them. */
  readonly unit: 'operations' | 'documents';
  readonly weight: number;
  readonly maxOperations: number;
  /** How many sample documents stand in Redis before a slice. */
  seeded(operations: number): number;
  /** Everything that is not measured: builds inputs, loads what the operations work on. */
  prepare(contender: Contender, plan: Plan): Promise<Operation>;
  expected(operations: number): Expected;
}

/** Small enough that calls in flight meet on one document: at 64 in flight, one in five does. */
export const SHARED_DOCUMENTS = 256;
