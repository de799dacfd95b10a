import { fault } from '../messages';
import type { ProtocolVersion } from '../protocol/encode';
import type { Reply } from '../protocol/reply';
import type { Database } from '../state/database';
import type { ServerState } from '../state/server-state';
import type { Session } from '../state/session';

/** A failure that is answered as an error with this text. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A word of a request is not understood, or is missing. The text begins like the server's, for clients that go by the beginning. */
export class UnexpectedWordError extends CommandError {
  constructor(args: readonly string[], index: number, text: string = fault.syntax) {
    super(fault.unexpected(text, args[index], String(args[0]).toUpperCase()));
  }
}

export type Flag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'module'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'loading'
  | 'stale'
  | 'fast'
  | 'no_auth'
  | 'movablekeys'
  | 'allow_busy'
  | 'skip_monitor'
  | 'no_mandatory_keys'
  | 'blocking'
  | 'no_multi';

type Group =
  | 'json'
  | 'search'
  | 'generic'
  | 'string'
  | 'hash'
  | 'list'
  | 'set'
  | 'sorted set'
  | 'pubsub'
  | 'scripting'
  | 'transactions'
  | 'connection'
  | 'server'
  | 'cluster';

/** Positions of the first and last key, and the distance between keys; a negative `last` counts from the end. */
export interface KeyRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** One command: its name, its arguments, its flags, and what it does. */
export interface Command {
  /** In lower case. */
  readonly name: string;
  readonly group: Group;
  /** Number of words including the name; negative for "at least". */
  readonly arity: number;
  readonly flags: readonly Flag[];
  readonly keys?: KeyRange | ((args: readonly string[]) => readonly string[]);
  /** The subcommands and their arity, which are checked before the command runs. */
  readonly subcommands?: ReadonlyMap<string, number>;
  /** For the documentation: what is left out or differs. */
  readonly notes?: string;
  run(context: Context, args: readonly string[]): Reply;
}

/** What a command needs to run one request. The `args` beside it include the name of the command. */
export interface Context {
  readonly server: ServerState;
  readonly session: Session;
  readonly database: Database;
  readonly version: ProtocolVersion;
  readonly host: Host;
}

/** What commands use of the server that runs them. */
export interface Host {
  readonly commands: ReadonlyMap<string, Command>;
  readonly cluster: ClusterView | undefined;
  /** Runs queued requests as one transaction. */
  runAll(session: Session, requests: readonly (readonly string[])[]): Reply[];
  /** Runs a script; `readonly` refuses writes. */
  runScript(context: Context, script: ScriptCall): Reply;
  /** Throws when the script cannot be compiled. */
  checkScript(source: string): void;
}

export interface ScriptCall {
  readonly source: string;
  readonly sha: string;
  readonly keys: readonly string[];
  readonly args: readonly string[];
  readonly readonly: boolean;
}

/** The cluster as one node sees it. */
export interface ClusterView {
  readonly self: ClusterNode;
  readonly nodes: readonly ClusterNode[];
}

export interface ClusterNode {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** First and last slot of its shard. */
  readonly slots: { readonly first: number; readonly last: number };
  /** The master of a replica; undefined for a master. */
  readonly master: ClusterNode | undefined;
}

/** Whether a request has as many words as its command takes. */
export function hasArity(arity: number, args: readonly string[]): boolean {
  return arity < 0 ? args.length >= -arity : args.length === arity;
}

/** The keys that a request names. */
export function keysOf(command: Command, args: readonly string[]): readonly string[] {
  if (command.keys === undefined) return [];
  if (typeof command.keys === 'function') return command.keys(args);
  const { first, last, step } = command.keys;
  const end = last < 0 ? args.length + last : last;
  const keys: string[] = [];
  for (let index = first; index <= end && index < args.length; index += step) keys.push(args[index] as string);
  return keys;
}

export const ONE_KEY: KeyRange = { first: 1, last: 1, step: 1 };
export const TWO_KEYS: KeyRange = { first: 1, last: 2, step: 1 };
export const ALL_KEYS: KeyRange = { first: 1, last: -1, step: 1 };

/** Name, arity and flags of a command. */
type Signature = readonly [name: string, arity: number, flags: readonly Flag[]];

/** The rest of a command, or only its `run` if there is nothing else. */
type Body = Command['run'] | Omit<Command, 'name' | 'group' | 'arity' | 'flags'>;

/** Makes the commands of one group. `keys` says where their keys are, unless a command says otherwise. */
export function commandsOf(group: Group, keys?: Command['keys']): (signature: Signature, body: Body) => Command {
  return ([name, arity, flags], body) => ({ name, group, arity, flags, keys, ...(typeof body === 'function' ? { run: body } : body) });
}

/** Keys that follow their number, as in `EVAL script 2 a b`. */
export function countedKeys(position: number): (args: readonly string[]) => readonly string[] {
  return (args) => {
    const count = Number(args[position]);
    return Number.isInteger(count) && count > 0 ? args.slice(position + 1, position + 1 + count) : [];
  };
}
