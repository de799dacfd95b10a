import { connect, Field, Model, pipeline, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { startEmbeddedRedis } from 'redatom/testing';
import { Lock, Pool, proxy, RedisTree } from 'redatom/tree';
import { User, user } from './people';

/** Options that a program passes on without knowing whether it has them. This matters under `exactOptionalPropertyTypes`, with which this is compiled, too. */
declare const number: number | undefined;
declare const flag: boolean | undefined;
declare const text: string | undefined;
declare const signal: AbortSignal | undefined;
declare const nothing: undefined;
declare const db: Database;

const call = { signal, timeoutMs: number };
const lock = { ttlMs: number, waitMs: number, maxHoldMs: number, signal };
const treeLock = { shared: flag, acquireTimeout: number, expireTimeout: number, autoRenew: flag, signal };
const treeDefaults = { lockAcquireTimeout: number, lockExpireTimeout: number };

connect('redis://localhost', { models: nothing, name: text, timeoutMs: number, createIndexes: flag });
connect({ url: 'redis://localhost', timeoutMs: number, RESP: nothing });
user.load(call);
user.update({ username: text, age: number });
user.aupdate({ age: number, tags: nothing }, call);
User.at('a').aupdate({ age: number });
User.at('a').pipeline((queued) => queued.aupdate({ age: number }));
user.places[0]?.aupdate({ city: text });
user.score.adjust(1, { min: number, max: number, ...call });
user.pipeline(() => undefined, { ignoreIfDeleted: flag, ...call });
pipeline([user], () => undefined, { ignoreIfDeleted: flag, ...call });
user.lock('a', lock);
User.lockFromKey('a', 'a', lock);
user.withLock('a', () => 1, { saveAtEnd: flag, ...lock });
User.transact('a', () => 1, { retries: number, ...call });
User.scan({ onCorrupt: nothing, ...call });
User.scan({ onCorrupt: ({ key }) => User.deleteByKey(key) });
Model({ prefix: text, ttl: number, refreshTtl: nothing, connection: text, hashTag: text });
Field(String, { nullable: flag, default: nothing, format: nothing });

export const batch = new Batch(true).copy('a', 'b', { replace: flag, destinationDatabase: number });
batch.customCommand(['GET', 'a'], { keys: nothing, write: flag });
const retryStrategy = { retryServerError: flag, retryConnectionError: flag };
export const client = new BatchClient(db);
client.exec(batch, true, { ...call, route: nothing, retryStrategy });

export const operations = new PipelineOperations(db, call);
operations.execute(batch, { raiseOnError: flag, ...call, route: nothing, retryStrategy });
operations.transact(batch, { watch: nothing, retries: number, raiseOnError: flag, route: nothing, ...call });
operations.evalScript('return 1', nothing, nothing, call);

export const tree = new RedisTree({ client: 'redis://localhost', namespace: text, enforceLocks: flag, ...treeDefaults });
tree.at('a').set('b', 1, { expire: number, ...call });
tree.at('a').val(nothing, call);
tree.at('a').isLocked({ below: flag, ...call });
tree.at('a').withLock(() => 1, treeLock);
export const own = new Lock('redis://localhost', 'a', { acquireTimeout: number, expireTimeout: number, namespace: text });
export const ownOverDatabase = (database: Database): Lock => new Lock(database, 'a');
own.isLocked({ below: flag, ...call });
proxy('a', { dbName: text, ...treeDefaults });
Pool.instance().reload({ host: text, port: number, database: number, default: number, password: text });
Pool.instance().reload({ maxConnections: number, timeoutSeconds: number, names: nothing, fakeRedis: flag });
startEmbeddedRedis({ port: number, host: text, databases: number, password: text, cluster: { masters: 1, replicas: number } });
