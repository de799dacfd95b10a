import { PipelineCommandError } from '../../errors/commit';
import { OF_CONNECTIONS, OF_MESSAGES, OF_SUBSCRIPTIONS, OF_TRANSACTIONS } from '../../executor/commands/connection-state';
import { namesIn, nameOf, type RecordedCommand } from '../../executor/commands/recorded-command';

/** Why commands cannot be part of a commit, which is one script and must be able to undo what it did. */
const UNFIT: readonly { readonly names: ReadonlySet<string>; readonly reason: string }[] = [
  {
    names: namesIn('BLPOP BRPOP BRPOPLPUSH BLMOVE BLMPOP BZPOPMIN BZPOPMAX BZMPOP WAIT WAITAOF'),
    reason: 'it may wait, and a commit does not',
  },
  { names: OF_TRANSACTIONS, reason: 'a commit is a transaction already' },
  { names: namesIn('EVAL EVALSHA EVAL_RO EVALSHA_RO FCALL FCALL_RO'), reason: 'a commit is a script, and a script runs no other' },
  { names: namesIn('FLUSHALL FLUSHDB SWAPDB MOVE MIGRATE'), reason: 'it cannot be taken back' },
  { names: OF_SUBSCRIPTIONS, reason: 'it changes what the connection listens to' },
  {
    names: new Set([
      ...OF_CONNECTIONS,
      ...namesIn(
        'ACL BGREWRITEAOF BGSAVE CLIENT CLUSTER CONFIG DEBUG FAILOVER FUNCTION LATENCY MODULE REPLICAOF ROLE SAVE SCRIPT SHUTDOWN SLAVEOF',
      ),
    ]),
    reason: 'it is about a connection or a server, and not about keys',
  },
];

/** Lua can pass about 8,000 values to a command. */
const MAX_WORDS = 7000;

/** Refuses a command that cannot be part of a commit, before anything is sent. */
export function refuseUnfit(command: RecordedCommand): void {
  const name = nameOf(command);
  const reason = UNFIT.find(({ names }) => names.has(name))?.reason ?? reasonOfArguments(name, command);
  if (reason !== undefined) throw new PipelineCommandError(name, reason);
}

function reasonOfArguments(name: string, { args, keyAt, areKeysKnown, write }: RecordedCommand): string | undefined {
  // The changes of such a command could not be undone.
  if (areKeysKnown === false) return 'nobody knows which of its arguments are keys, unless { keys: [...] } names them';
  // Messages are sent last, so they never have to be taken back.
  if (write && keyAt.length === 0 && !OF_MESSAGES.has(name)) return 'it changes what no key names, unless { write: false } denies that';
  const hasOption = (option: string): boolean => args.some((arg, at) => !keyAt.includes(at) && String(arg).toUpperCase() === option);
  if ((name === 'XREAD' || name === 'XREADGROUP') && hasOption('BLOCK')) return 'it may wait, and a commit does not';
  if (name === 'COPY' && hasOption('DB')) return 'it cannot be taken back';
  if (args.length > MAX_WORDS) return `it has ${args.length} words, and a script can hand over ${MAX_WORDS}; split it`;
  if (keyAt.some((at) => typeof args[at] !== 'string')) return 'its keys are bytes, and those of a commit are text';
  return undefined;
}
