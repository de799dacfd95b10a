export { Batch, ClusterBatch, type CopyOptions } from './batch';
export { BatchClient, type ExecOptions } from './batch-client';
export type { BatchTarget } from '../executor/clients/target';
export type { RawCommandOptions } from '../executor/commands/raw-command';
export type { RetryStrategy } from '../executor/batch/pipeline-run';
export type { Route } from '../executor/batch/route';
export { BatchConnectionError, BatchError, type BatchResults } from '../errors/batch';
export { CrossSlotError, OutcomeUnknownError } from '../errors/commit';
export { RedisConnectionError, RedisServiceError } from '../errors/connection';
