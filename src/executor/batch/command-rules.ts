import { nameOf, type Argument, type RecordedCommand } from '../commands/recorded-command';

/** Combines several replies into one. */
export type Combine = (replies: readonly unknown[]) => unknown;

const first: Combine = (replies) => replies[0];
const sum: Combine = (replies) => replies.reduce<number>((total, reply) => total + Number(reply), 0);
const least: Combine = (replies) => Math.min(...replies.map(Number));
const joined: Combine = (replies) => [...new Set((replies as unknown[][]).flat())];

/** A flag is set if it is set on every server. */
const everywhere: Combine = (replies) =>
  (replies[0] as number[]).map((_, at) => Math.min(...(replies as number[][]).map((flags) => flags[at] ?? 0)));

/** Replies of the form name, count, name, count. */
const summedByName: Combine = (replies) => {
  const totals = new Map<unknown, number>();
  for (const reply of replies as unknown[][]) {
    for (let at = 0; at < reply.length; at += 2) totals.set(reply[at], (totals.get(reply[at]) ?? 0) + Number(reply[at + 1]));
  }
  return [...totals].flat();
};

/** Commands without a key that a cluster answers correctly only if every primary is asked. */
const EVERY_PRIMARY: ReadonlyMap<string, Combine> = new Map([
  ...['FLUSHALL', 'FLUSHDB', 'PING', 'SCRIPT LOAD', 'SCRIPT FLUSH', 'FUNCTION LOAD', 'FUNCTION DELETE', 'FUNCTION FLUSH', 'CONFIG SET'].map(
    (name) => [name, first] as const,
  ),
  ...['CONFIG RESETSTAT', 'MEMORY PURGE', 'SLOWLOG RESET'].map((name) => [name, first] as const),
  ...['DBSIZE', 'PUBSUB NUMPAT', 'SLOWLOG LEN'].map((name) => [name, sum] as const),
  ...['KEYS', 'PUBSUB CHANNELS', 'PUBSUB SHARDCHANNELS'].map((name) => [name, joined] as const),
  ...['PUBSUB NUMSUB', 'PUBSUB SHARDNUMSUB'].map((name) => [name, summedByName] as const),
  ['SCRIPT EXISTS', everywhere],
  ['WAIT', least],
]);

/** How to combine the replies of all primaries; undefined for a command that one server answers. */
export function everyPrimaryRule(command: RecordedCommand): Combine | undefined {
  if (command.keyAt.length > 0) return undefined;
  const name = nameOf(command);
  return EVERY_PRIMARY.get(name) ?? EVERY_PRIMARY.get(`${name} ${String(command.args[1]).toUpperCase()}`);
}

/** How to split a command with several keys into commands with some of them each. */
export interface SplitRule {
  /** Number of arguments per key, including the key. */
  readonly stride: number;
  /** Number of arguments at the end that belong to all keys. */
  readonly tail: number;
  /** `positions` puts the replies back in the order of the keys. */
  readonly combine: Combine | 'positions';
}

const SPLIT: ReadonlyMap<string, SplitRule> = new Map<string, SplitRule>([
  ['MGET', { stride: 1, tail: 0, combine: 'positions' }],
  ['JSON.MGET', { stride: 1, tail: 1, combine: 'positions' }],
  ['MSET', { stride: 2, tail: 0, combine: first }],
  ['JSON.MSET', { stride: 3, tail: 0, combine: first }],
  ...['DEL', 'UNLINK', 'EXISTS', 'TOUCH'].map((name) => [name, { stride: 1, tail: 0, combine: sum }] as const),
]);

export function splitRule(command: RecordedCommand): SplitRule | undefined {
  return SPLIT.get(nameOf(command));
}

/** The arguments of a command for some of its keys, given by their positions among the keys. */
export function argumentsFor({ args }: RecordedCommand, { stride, tail }: SplitRule, positions: readonly number[]): Argument[] {
  const items = positions.flatMap((position) => args.slice(1 + position * stride, 1 + (position + 1) * stride));
  return [args[0] as Argument, ...items, ...args.slice(args.length - tail, args.length)];
}
