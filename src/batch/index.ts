export { Batch, ClusterBatch, type CopyOptions } from './batch';
export { BatchClient, type ExecOptions } from './batch-client';
export type { BatchTarget } from '../executor/target';
export type { RawCommandOptions } from '../executor/raw-command';
export type { RetryStrategy } from '../executor/pipeline-run';
export type { Route } from '../executor/route';
export { BatchConnectionError, BatchError, type BatchResults } from '../errors/batch';
export { CrossSlotError, OutcomeUnknownError } from '../errors/commit';
export { RedisConnectionError, RedisServiceError } from '../errors/connection';
