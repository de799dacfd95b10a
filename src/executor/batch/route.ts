import { inspect } from 'node:util';
import { getOrMake } from '../../memo/get-or-make';
import { SLOTS, slotOf } from '../../path/slot';
import { crossSlot } from '../commands/one-slot';
import type { NodeClient } from '../node-redis/client-shapes';
import { argumentsFor, everyPrimaryRule, splitRule, type Combine, type SplitRule } from './command-rules';
import { keysOf, nameOf, type Argument, type RecordedCommand } from '../commands/recorded-command';
import type { Servers } from '../clients/servers';

/** The primary to which a whole batch goes. */
export type Route =
  | { readonly type: 'primarySlotKey'; readonly key: string }
  | { readonly type: 'primarySlotId'; readonly slot: number }
  | { readonly type: 'byAddress'; readonly host: string; readonly port: number }
  | { readonly type: 'random' };

/** One thing to send: a command, or the share of a command that one server has. */
export interface Part extends Pick<RecordedCommand, 'args' | 'routingKey' | 'write' | 'onSending'> {
  /** The slot of its keys; undefined when any primary will do. */
  readonly slot?: number | undefined;
  /** A server that it must be sent to, whatever its slot. */
  readonly server?: NodeClient | undefined;
  /** The error to report instead of sending it, because no server can answer it. */
  readonly refusal?: Error;
}

/** What to send for a list of commands, and how to turn the replies into replies to the commands. */
export interface Plan {
  readonly parts: readonly Part[];
  /** Builds the raw reply to each command. */
  assemble(replies: readonly unknown[]): readonly unknown[];
}

/** A plan for one server: every command as it is. */
export function planForOne(commands: readonly RecordedCommand[], server?: NodeClient): Plan {
  const parts = server === undefined ? commands : commands.map((command) => partOf(command, undefined, server));
  return { parts, assemble: (replies) => replies };
}

function partOf({ args, routingKey, write, onSending }: RecordedCommand, slot: number | undefined, server?: NodeClient): Part {
  return { args, routingKey, write, onSending, slot, server };
}

/**
 * A plan for a cluster: each command goes to the server of its keys, is split among several servers, or goes to all primaries. Synchronous unless a
 * command goes to all primaries.
 */
export function planForCluster(commands: readonly RecordedCommand[], servers: Servers): Plan | Promise<Plan> {
  const everywhere = commands.map(everyPrimaryRule);
  if (everywhere.every((rule) => rule === undefined)) return planFor(commands, everywhere, []);
  return servers.primaries().then((primaries) => planFor(commands, everywhere, primaries));
}

/** @param everywhere - For each command, how to combine the replies of all primaries; undefined for a command that does not go to all. */
function planFor(
  commands: readonly RecordedCommand[],
  everywhere: readonly (Combine | undefined)[],
  primaries: readonly NodeClient[],
): Plan {
  const parts: Part[] = [];
  const starts: number[] = [];
  const combines = new Map<number, Combine>();
  const firstRouted = commands.find(({ routingKey }) => routingKey !== undefined)?.routingKey;
  // Commands that any server can answer go to one that is asked anyway.
  const anySlot = firstRouted === undefined ? undefined : slotOf(firstRouted);
  for (const [index, command] of commands.entries()) {
    starts.push(parts.length);
    const rule = everywhere[index];
    if (rule !== undefined) {
      for (const server of primaries) parts.push(partOf(command, undefined, server));
      combines.set(index, rule);
    } else if (command.keyAt.length < 2) {
      const { routingKey } = command;
      parts.push(partOf(command, routingKey === undefined ? anySlot : slotOf(routingKey)));
    } else {
      const combine = addShares(parts, command);
      if (combine !== undefined) combines.set(index, combine);
    }
  }
  return { parts, assemble: (replies) => assemble(replies, starts, combines) };
}

function assemble(replies: readonly unknown[], starts: readonly number[], combines: ReadonlyMap<number, Combine>): readonly unknown[] {
  if (combines.size === 0) return replies;
  return starts.map((start, index) => {
    const combine = combines.get(index);
    if (combine === undefined) return replies[start];
    const own = replies.slice(start, starts[index + 1] ?? replies.length);
    return own.find((reply) => reply instanceof Error) ?? combine(own);
  });
}

/** Adds the parts of a command with several keys, one for each slot; just one part if there is no rule to combine their replies. */
function addShares(parts: Part[], command: RecordedCommand): Combine | undefined {
  const keys = keysOf(command);
  const bySlot = new Map<number, number[]>();
  keys.forEach((key, position) => getOrMake(bySlot, slotOf(key), () => []).push(position));
  const rule = splitRule(command);
  if (bySlot.size === 1 || rule === undefined) {
    const refusal = bySlot.size === 1 ? {} : { refusal: crossSlot(keys, nameOf(command)) };
    parts.push({ ...partOf(command, slotOf(keys[0] as Argument)), ...refusal });
    return undefined;
  }
  for (const [slot, positions] of bySlot) parts.push({ ...partOf(command, slot), args: argumentsFor(command, rule, positions) });
  return combineShares(rule, [...bySlot.values()]);
}

function combineShares({ combine }: SplitRule, positionsOfShares: readonly (readonly number[])[]): Combine {
  if (combine !== 'positions') return combine;
  return (replies) => {
    const whole: unknown[] = [];
    positionsOfShares.forEach((positions, share) => {
      positions.forEach((position, at) => (whole[position] = (replies[share] as unknown[])[at]));
    });
    return whole;
  };
}

/** Refuses a route of an unknown form, even where there is only one server. */
export function refuseWrongRoute(route: Route | undefined): void {
  if (route === undefined || isRoute(route)) return;
  const ways = "{ type: 'primarySlotKey', key }, { type: 'primarySlotId', slot } of 0 to 16383, { type: 'byAddress', host, port }";
  throw new TypeError(`a route must be ${ways} or { type: 'random' }, found ${inspect(route, { breakLength: Infinity })}`);
}

function isRoute(route: Route | null): boolean {
  switch (route?.type) {
    case 'primarySlotKey':
      return typeof route.key === 'string';
    case 'primarySlotId':
      return Number.isInteger(route.slot) && route.slot >= 0 && route.slot < SLOTS;
    case 'byAddress':
      return typeof route.host === 'string' && Number.isInteger(route.port);
    default:
      return route?.type === 'random';
  }
}

/** The server that a route names. */
export async function serverOf(route: Route, servers: Servers): Promise<NodeClient> {
  if (route.type === 'primarySlotKey') return servers.ofSlot(slotOf(route.key));
  if (route.type === 'primarySlotId') return servers.ofSlot(route.slot);
  if (route.type === 'random') return servers.ofSlot(undefined);
  const found = await servers.at(`${route.host}:${route.port}`);
  if (found === undefined) throw new RangeError(`no primary of this connection has the address ${route.host}:${route.port}`);
  return found;
}
