export { AtomicRedisModel } from './model/atomic-redis-model';
export { connect, Database, type ConnectOptions } from './model/database';
export { pipeline, type InPipeline } from './model/pipeline-of';
export type { DocumentAt, DocumentVerbsAt, Queued, QueuedAt } from './model/document-at';
export type { AbstractModelType, ModelType } from './model/model-type';
export type { HeldLockInfo, LockHandle } from './model/lock-handle';
export type { WithLockOptions } from './model/with-lock';
export type { FindKeysOptions, FoundDocuments, ScanOptions } from './model/read';
export type { FindByOptions, FindOneByOptions, FoundBy } from './model/find-by';
export type { TransactOptions } from './model/transact';
export type { GetOrCreateResult } from './model/insert';
export type { SaveOptions } from './model/write';

export { Field, Index, Key, Model, Version, type FieldDecorator, type ModelDecorator } from './schema/decorators';
export { dict, enumOf, json, list, literal, nullable, type TypeExpression, type TypeReference } from './schema/type-reference';
export type { FieldOptions, IndexOptions, ModelOptions, TtlRefresh } from './schema/options';
export type { ModelClass, ModelConstructor } from './schema/model-schema';
export type { InstantFormat } from './codec/instant';
export type { Json, JsonObject } from './codec/codec';

export { RedisList, type Items } from './field/redis-list';
export { RedisDict, type Members } from './field/redis-dict';
export { RedisFloat, RedisInt } from './field/redis-number';
export { RedisBytes, RedisDatetime, RedisStr, RedisValue } from './field/redis-scalars';
export type { BoundScalar } from './field/bound-scalar';
export type { DictAt, FieldsAt, ListAt, ModelAt, ModelVerbsAt, NumberAt, TextAt, ValueAt, VerbsAt } from './field/values-at';
export type { FieldValue } from './field/field-value';
export type { FieldName, Init, Input, Patch, Plain, PlainModel } from './field/plain-types';

export type { ConditionsOn, ListOperators, Operators, OrderBy, Where } from './search/where';
export type { IndexState } from './search/reply';
export type { LockOptions } from './lock/lock-options';
export type { PipelineOptions, PipelineResult } from './scope/pipeline';
export type { CommandPipe } from './executor/commands/command-pipe';
export type { CallOptions } from './input/call-options';
export type { ConnectionOptions, ConnectionTarget } from './executor/open/target';
export type { AnyClient, ClusterClient, PoolClient, SentinelClient, StandaloneClient } from './executor/node-redis/client-shapes';
export type { NumberBounds } from './command/operations/numbers';

export { RedatomError, type ErrorCode, type ErrorFacts } from './errors/base';
export { CorruptDocumentError, ValidationError, type ValueProblem } from './errors/codec';
export {
  CommitRefusedError,
  CrossSlotError,
  OutcomeUnknownError,
  PipelineBusyError,
  PipelineClosedError,
  PipelineCommandError,
  PipelineNeedsReplyError,
  VersionConflictError,
} from './errors/commit';
export { CommandArgumentError } from './errors/command';
export { NotConnectedError, RedisConnectionError, RedisServiceError } from './errors/connection';
export { SchemaError } from './errors/definition';
export { EmptyDictError, KeyExistsError, KeyNotFoundError, NestedModelError, PathMismatchError, StaleItemError } from './errors/document';
export { IndexNotFoundError, SearchUnavailableError } from './errors/search';
export { LockLostError, LockTimeoutError } from './errors/lock';
