import { BatchCommandError } from '../../errors/command';
import { namesIn, nameOf, type RecordedCommand } from './recorded-command';

/** Commands that begin, end or prepare a transaction. */
export const OF_TRANSACTIONS = namesIn('MULTI EXEC DISCARD WATCH UNWATCH');

/** Commands that change what a connection listens to. */
export const OF_SUBSCRIPTIONS = namesIn('SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE');

/** Commands that publish a message, which cannot be recalled. */
export const OF_MESSAGES = namesIn('PUBLISH SPUBLISH');

/** Commands that change the user, the protocol or the mode of a connection. */
export const OF_CONNECTIONS = namesIn('ASKING AUTH HELLO MONITOR PSYNC QUIT READONLY READWRITE REPLCONF RESET SELECT SYNC');

/** Commands of which only these subcommands change the connection. */
const PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  CLIENT: namesIn('CACHING CAPA IMPORT-SOURCE NO-EVICT NO-TOUCH REPLY SETINFO SETNAME TRACKING'),
  SCRIPT: namesIn('DEBUG'),
};

/** All names in one set, to let nearly every command pass after a single lookup. */
const SUSPECTS: ReadonlySet<string> = new Set([...OF_TRANSACTIONS, ...OF_SUBSCRIPTIONS, ...OF_CONNECTIONS, ...Object.keys(PARTS)]);

const ELSEWHERE = 'send it on a new client, such as client.duplicate()';

/** Refuses a command that would change the connection for all others who use it: they would get wrong replies, or none. */
export function refuseChangeOfConnection(command: RecordedCommand): void {
  const name = nameOf(command);
  if (!SUSPECTS.has(name) && !name.includes(' ')) return;
  if (OF_TRANSACTIONS.has(name)) {
    const instead = 'use new Batch(true), or transact() of redatom/service with its option watch';
    throw new BatchCommandError(name, 'the connection is shared, and the commands of others would become part of it', instead);
  }
  if (OF_SUBSCRIPTIONS.has(name)) throw changes(name, 'subscribe on a new client, such as client.duplicate()');
  if (OF_CONNECTIONS.has(name)) throw changes(name, ELSEWHERE);
  const part = partOf(name, command);
  if (part !== undefined) throw changes(part, ELSEWHERE);
}

function changes(name: string, instead: string): BatchCommandError {
  return new BatchCommandError(name, 'it changes the connection, which others share', instead);
}

/** The subcommand, even if both words stand in one argument. */
function partOf(name: string, { args: [, second] }: RecordedCommand): string | undefined {
  const [first = '', joined] = name.includes(' ') ? name.split(/\s+/) : [name];
  const parts = PARTS[first];
  if (parts === undefined) return undefined;
  const part = joined ?? String(second).trim().toUpperCase();
  return parts.has(part) ? `${first} ${part}` : undefined;
}
