/** Subpath `redatom/tree`: nested values under dotted paths; any subtree can be locked. */
export { RedisTree, type RedisTreeOptions, type TreeDoor } from './redis-tree';
export { TreeNode, type IsLockedOptions, type SetOptions, type TreeLock } from './tree-node';
export { proxy, root, section, type ProxyOptions } from './default-tree';
export { Pool } from './pool';
export type { PoolConfig } from './pool-settings';
export { Lock, type StandaloneLockOptions } from './lock';
export type { HeldTreeLock } from './tree-lock';
export type { TreeLockDefaults, TreeLockOptions } from './tree-lock-options';
export type { PathLike } from '../path/tree-path';

export type { Json, JsonObject } from '../codec/codec';
export type { Executor } from '../executor/executor';
export type { Request, ScriptCall } from '../executor/request';
export type { CallOptions } from '../input/call-options';
export type { ConnectionOptions, ConnectionTarget, OpenConnection } from '../executor/open/target';
export type { AnyClient, ClusterClient, PoolClient, SentinelClient, StandaloneClient } from '../executor/node-redis/client-shapes';

export { RedatomError, type ErrorCode, type ErrorFacts } from '../errors/base';
export { ValidationError, type ValueProblem } from '../errors/codec';
export { OutcomeUnknownError } from '../errors/commit';
export { NotConnectedError, RedisConnectionError, RedisServiceError } from '../errors/connection';
export { DeadlockError, LockedError, LockLostError, LockNotHeldError, LockTimeoutError } from '../errors/lock';
export { TreePathError, TreeTypeError } from '../errors/tree';
