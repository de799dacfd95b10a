import { sessionFault } from '../messages';
import { nullArray, ok, type Reply } from '../protocol/reply';
import { ALL_KEYS, CommandError, type Command, type Context } from './command';

function exec(context: Context): Reply {
  const { session } = context;
  const { transaction } = session;
  if (transaction === undefined) throw new CommandError(sessionFault.execWithoutMulti);
  const failed = session.watchFailed;
  session.transaction = undefined;
  session.unwatch();
  if (transaction.broken) throw new CommandError(sessionFault.execAborted);
  return failed ? nullArray : context.host.runAll(session, transaction.requests);
}

export const transactionCommands: readonly Command[] = [
  {
    name: 'multi',
    group: 'transactions',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    run: ({ session }) => {
      if (session.transaction !== undefined) throw new CommandError(sessionFault.nestedMulti);
      session.transaction = { requests: [], broken: false };
      return ok;
    },
  },
  { name: 'exec', group: 'transactions', arity: 1, flags: ['noscript', 'loading', 'stale', 'skip_monitor'], run: exec },
  {
    name: 'discard',
    group: 'transactions',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    run: ({ session }) => {
      if (session.transaction === undefined) throw new CommandError(sessionFault.discardWithoutMulti);
      session.transaction = undefined;
      session.unwatch();
      return ok;
    },
  },
  {
    name: 'watch',
    group: 'transactions',
    arity: -2,
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    keys: ALL_KEYS,
    run: ({ session, database }, args) => {
      // The transaction goes on, unlike after other errors.
      if (session.transaction !== undefined) throw new CommandError(sessionFault.watchInMulti);
      args.slice(1).forEach((key) => session.watch(database, key));
      return ok;
    },
  },
  {
    name: 'unwatch',
    group: 'transactions',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    run: ({ session }) => {
      session.unwatch();
      return ok;
    },
  },
];
