import type { Json } from '../codec/codec';
import { OutcomeUnknownError } from '../errors/commit';
import type { RedisServiceError } from '../errors/connection';
import { LockedError } from '../errors/lock';
import { TreeTypeError } from '../errors/tree';
import type { Executor } from '../executor/executor';
import type { ScriptCall } from '../executor/request';
import { isEndedByRights } from '../executor/outcomes/reply-errors';
import type { CallOptions } from '../input/call-options';
import type { SubtreeLease, LockSpace } from '../lock/subtree-lease';
import { treeAdd, treeDelete, treeExpire, treeInspect, treeRead, treeSet, treeTimeToLive } from '../lua/catalog.generated';
import type { Script } from '../lua/script';
import { dottedOf, unescapeName, type TreePath } from '../path/tree-path';
import { fromStoredText } from './tree-value';

/** The lock under which a write happens. */
interface WriteGuard {
  readonly lease: SubtreeLease | undefined;
  readonly scope: string;
  /** Refuse the write if no lock guards it and a lock of another holder is in the way. */
  readonly enforced: boolean;
}

/** A write of one path. */
export interface TreeWrite {
  /** The verb that the user called. */
  readonly command: string;
  readonly path: TreePath;
  readonly guard: WriteGuard;
  /** The limits of the call. */
  readonly call: CallOptions | undefined;
}

/** What can be asked about a place, with the verb that asks it. */
const INSPECTIONS = { type: 'exists', keys: 'keys', size: 'size' };

type WriteReply = readonly [code: number, ...rest: string[]];

function halfDone(error: RedisServiceError): OutcomeUnknownError {
  const { key, command, message } = error;
  return new OutcomeUnknownError({ key, command, cause: error }, `may have been applied in part: ${message}`);
}

/** The commands of a tree: each is one script call. */
export class TreeStore implements LockSpace {
  private readonly keys: readonly string[];

  constructor(
    readonly executor: Executor,
    readonly prefix: string,
  ) {
    this.keys = ['document', 'ttl', 'ttl-paths', 'grants', 'exclusive', 'shared'].map((name) => `${prefix}:${name}`);
  }

  /** The values of paths, all at the same moment. */
  async read(verb: string, paths: readonly TreePath[], call?: CallOptions): Promise<(Json | undefined)[]> {
    const places = paths.map(({ encoded }) => encoded);
    const asking = this.reading(treeRead, places, verb);
    return this.executor.evaluate(asking, (reply) => (reply as string[]).map(fromStoredText), call);
  }

  /** The type as RedisJSON names it, and the requested information; empty when there is no value. */
  private inspect(path: TreePath, about: keyof typeof INSPECTIONS, call?: CallOptions): Promise<[type?: string, ...rest: unknown[]]> {
    const asking = this.reading(treeInspect, [path.encoded, about], INSPECTIONS[about]);
    return this.executor.evaluate(asking, (reply) => reply as [string?, ...unknown[]], call);
  }

  async exists(path: TreePath, call?: CallOptions): Promise<boolean> {
    return (await this.inspect(path, 'type', call)).length > 0;
  }

  async keysOf(path: TreePath, call?: CallOptions): Promise<string[]> {
    const [type, ...names] = await this.inspect(path, 'keys', call);
    if (type !== 'object') throw this.typeError(path, { command: 'keys', expected: 'an object', found: type ?? 'nothing' });
    return (names as string[]).map(unescapeName);
  }

  async sizeOf(path: TreePath, call?: CallOptions): Promise<number> {
    const [type, size] = await this.inspect(path, 'size', call);
    if (size === undefined) throw this.typeError(path, { command: 'size', expected: 'an object or a list', found: type ?? 'nothing' });
    return Number(size);
  }

  /** Seconds, rounded up; -1 without a time to live, -2 when there is no value. */
  async timeToLive(path: TreePath, call?: CallOptions): Promise<number> {
    const asking = this.reading(treeTimeToLive, [path.encoded], 'timeToLive');
    const leftMs = await this.executor.evaluate(asking, Number, call);
    return leftMs < 0 ? leftMs : Math.ceil(leftMs / 1000);
  }

  async set(write: TreeWrite, json: string, ttlMs: number | undefined): Promise<void> {
    await this.write(treeSet, write, [json, ttlMs === undefined ? '' : String(ttlMs)]);
  }

  async delete(write: TreeWrite): Promise<boolean> {
    return (await this.write(treeDelete, write, []))[0] === 1;
  }

  async expire(write: TreeWrite, ttlMs: number): Promise<boolean> {
    return (await this.write(treeExpire, write, [String(ttlMs)]))[0] === 1;
  }

  async add(write: TreeWrite, count: number): Promise<number> {
    const [code, detail] = await this.write(treeAdd, write, [JSON.stringify(count)]);
    if (code === 1) return Number(detail);
    const found = code === 2 ? 'a total beyond the exact numbers' : `the type ${detail}`;
    throw this.typeError(write.path, { command: 'add', expected: 'a number', found });
  }

  /** A call that only reads the document and its times to live. */
  private reading(script: Script, args: readonly string[], verb: string): ScriptCall {
    return { script, keys: this.keys.slice(0, 3), args, write: false, purpose: { verb } };
  }

  private async write(script: Script, { command, path, guard, call }: TreeWrite, rest: readonly string[]): Promise<WriteReply> {
    const { lease, scope, enforced } = guard;
    const args = [path.encoded, lease?.id ?? '', scope, enforced ? '1' : '0', ...rest];
    const writing = { script, keys: this.keys, args, purpose: { verb: command } };
    const reply = await this.executor
      .evaluate(writing, (answer) => answer as WriteReply, call)
      .catch((error: unknown) => {
        throw isEndedByRights(error) ? halfDone(error) : error;
      });
    if (reply[0] === -1 && lease !== undefined) throw lease.refusalOf(command, path);
    if (reply[0] !== -2) return reply;
    const [, holder = '', mode] = reply;
    const reason = mode === 'S' ? 'locked for reading by another' : 'locked by another';
    throw new LockedError(dottedOf(holder), reason, { command, key: this.prefix, path: path.dotted });
  }

  private typeError(path: TreePath, { expected, found, command }: { expected: string; found: string; command: string }): TreeTypeError {
    return new TreeTypeError(expected, found, { command, key: this.prefix, path: path.dotted });
  }
}
