import type { Contender } from '../contenders/contender';
import type { StoredUser } from '../sample/user-data';

/** Client and server on one core, or on one each. */
export type Cores = 'one' | 'one each';

export interface Goal {
  /** Lowest rate, as a fraction of raw's. */
  readonly ratio: number;
  /** Highest client CPU per operation, as a multiple of raw's. */
  readonly cpu?: number;
  readonly p99Ms?: number;
}

/** One row of the table: a workload and how many operations are in flight. */
export interface Row {
  /** `c1`, `c64`, `16 on one key` … */
  readonly label: string;
  readonly inFlight: number;
  /** Processes that share the work, each with `inFlight` operations. Default: 1. */
  readonly processes?: number;
  /** Default: the kernel chooses. With one request under way at a time, its choice can make a factor of three. */
  readonly cores?: Cores;
  /** Absent if the row only shows what another row leaves open. */
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

/** Runs operation number `index` and resolves to a number that is added to the sum. */
export type Operation = (index: number) => Promise<number>;

export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** What a rate counts; one operation handles `weight` of them. */
  readonly unit: 'operations' | 'documents';
  readonly weight: number;
  readonly maxOperations: number;
  /** How many sample documents are in Redis before a slice. */
  seeded(operations: number): number;
  /** Does everything that is not measured: builds inputs, loads the documents that the operations work on. */
  prepare(contender: Contender, plan: Plan): Promise<Operation>;
  expected(operations: number): Expected;
}

/** Few enough that calls in flight meet on one document: at 64 in flight, one in five does. */
export const SHARED_DOCUMENTS = 256;
