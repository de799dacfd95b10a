import { CommandRecorder } from '../executor/commands/command-pipe';
import { documentsOf } from '../field/documents';
import type { ModelBase } from '../field/model-instance';
import { collectChanges, type CollectedChanges } from '../scope/collected-changes';
import type { RecordedCommand } from '../executor/commands/recorded-command';
import { requireList, requireWork } from '../input/arguments';
import { describe } from '../input/describe';
import { refuseUnknown, type NamesOf } from '../input/options';
import { rawCommand } from '../executor/commands/raw-command';
import type { RedisVerbs } from '../executor/node-redis/verb-types';

/** Options of `copy`. */
export interface CopyOptions {
  /** Overwrite the destination when it exists. Default false. */
  readonly replace?: boolean | undefined;
  /** Index of the database of the copy; a cluster has only 0. Default: that of the connection. */
  readonly destinationDatabase?: number | undefined;
}

const COPY_OPTIONS = { replace: 'boolean', destinationDatabase: true } satisfies NamesOf<CopyOptions>;

/** Commands that differ from those of node-redis, with the form that they have in GLIDE. */
class BatchRecorder extends CommandRecorder {
  /**
   * @param isAtomic - True for one transaction (`MULTI`), false for many commands in one go.
   */
  constructor(readonly isAtomic: boolean) {
    super();
    if (typeof isAtomic !== 'boolean') throw new TypeError(`a batch takes true (atomic) or false, found ${describe(isAtomic)}`);
  }

  /**
   * Records the changes that `work` makes to one or several documents as one command: a commit that checks everything before it writes, so all of
   * them are applied or none. Its reply lists the answer to each change. Held locks and versions are checked as in a pipeline.
   *
   * Local values change now. They are restored when the commit is refused or fails, and by `clear()`. If that is not possible, because the instance
   * was changed again or the batch was applied a second time, the instance is stale until `load()`.
   *
   * @param documents - Models on the connection that the batch will run on; on a cluster, all in one slot.
   * @param work - Makes the changes; it must not be asynchronous.
   * @throws {@link CrossSlotError} the documents lie in several slots.
   * @example
   * ```ts
   * const batch = new Batch(true).add(user, (same) => same.tags.append('admin')).incr(`{${user.key}}:logins`);
   * ```
   */
  add<const D extends ModelBase | readonly ModelBase[]>(documents: D, work: (documents: D) => unknown): this {
    requireWork(work, 'add()', 'add(user, (same) => …)');
    const all = (Array.isArray(documents) ? documents : [documents]) as readonly ModelBase[];
    this.record(commitCommand(collectChanges(documentsOf(all, 'add()'), () => work(documents))));
    return this;
  }

  /** Removes all commands, and undoes local changes that were not applied. */
  clear(): this {
    this.forget();
    return this;
  }

  /**
   * Records `COPY`. The reply is true when the source was copied; false when the source does not exist, or the destination does and `replace` is not true.
   *
   * On a cluster both keys must lie in one slot.
   */
  copy(source: string | Buffer, destination: string | Buffer, options: CopyOptions = {}): this {
    refuseUnknown(options, COPY_OPTIONS, 'copy()');
    const { replace = false, destinationDatabase } = options;
    const database = destinationDatabase === undefined ? [] : ['DB', String(destinationDatabase)];
    const args = ['COPY', source, destination, ...database, ...(replace === true ? ['REPLACE'] : [])];
    this.record(rawCommand(args, {}, (reply) => reply === 1));
    return this;
  }

  /**
   * Records `PUBLISH`, or `SPUBLISH` when `sharded`. The reply is the number of subscribers that received it, on the server that took the message.
   *
   * @param message - Comes first, unlike in node-redis.
   */
  publish(message: string | Buffer, channel: string | Buffer, sharded = false): this {
    if (typeof sharded !== 'boolean')
      throw new TypeError(`publish() takes true or false as its third argument, found ${describe(sharded)}`);
    this.record(rawCommand([sharded ? 'SPUBLISH' : 'PUBLISH', channel, message]));
    return this;
  }

  /**
   * Records `PUBSUB SHARDCHANNELS`. The reply lists the shard channels with subscribers: on a cluster those of all primaries, in an atomic batch those of the
   * server that runs it.
   *
   * @param pattern - Only channels that match this glob pattern. Default: all.
   */
  pubsubShardChannels(pattern?: string): this {
    this.record(rawCommand(['PUBSUB', 'SHARDCHANNELS', ...(pattern === undefined ? [] : [pattern])], { write: false }));
    return this;
  }

  /**
   * Records `PUBSUB SHARDNUMSUB`. The reply maps each channel to its subscribers: on a cluster summed over all primaries, in an atomic batch those of the
   * server that runs it.
   *
   * @param channels - Default none, which gives an empty map.
   */
  pubsubShardNumSub(channels: readonly string[] = []): this {
    requireList(channels, 'pubsubShardNumSub()', "['news']");
    this.record(rawCommand(['PUBSUB', 'SHARDNUMSUB', ...channels], { write: false }, countsByName));
    return this;
  }
}

function commitCommand({ commit, undo, noteSending, noteApplied }: CollectedChanges): RecordedCommand {
  const { script, keys, args } = commit.call;
  const decode = (reply: unknown): unknown => {
    const replies = [...commit.accept(reply)];
    noteApplied();
    return replies;
  };
  const onFailure = (error: unknown): void => {
    undo();
    commit.fail(error);
  };
  // Sent as text: a transaction cannot send it after the server has said that it does not know the digest.
  return {
    ...rawCommand(['EVAL', script.source, String(keys.length), ...keys, ...args], {}, decode),
    onSending: noteSending,
    onFailure,
    onRemoval: undo,
  };
}

function countsByName(reply: unknown): Record<string, number> {
  const flat = reply as unknown[];
  return Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), Number(flat[at + 1])]] : [])));
}

/**
 * A list of commands that runs in one go: as a transaction when atomic, else as many commands sent together. Every command of node-redis is a method,
 * `json.*` and `ft.*` included; methods chain. A batch can run any number of times.
 *
 * @example
 * ```ts
 * const batch = new Batch(true).set('key', 'value').get('key');
 * await new BatchClient(client).exec(batch, false); // => ['OK', 'value']
 * ```
 */
export interface Batch extends BatchRecorder, Omit<RedisVerbs<Batch>, 'copy' | 'publish'> {}

/** See the interface of the same name. */
export const Batch = BatchRecorder as unknown as new (isAtomic: boolean) => Batch;

/**
 * A {@link Batch} for a cluster. If it is not atomic, its commands may have keys in any slots: each goes to the server of its keys, and replies come in the
 * order of the commands. An atomic batch needs all keys in one slot.
 *
 * @example
 * ```ts
 * const batch = new ClusterBatch(false).set('key1', 'value1').set('key2', 'value2').get('key1').get('key2');
 * await new BatchClient(cluster).exec(batch, false); // => ['OK', 'OK', 'value1', 'value2']
 * ```
 */
export class ClusterBatch extends Batch {}
