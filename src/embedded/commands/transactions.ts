import { sessionFault } from '../messages';
import { nullArray, ok, type Reply } from '../protocol/reply';
import { ALL_KEYS, CommandError, commandsOf, type Command, type Context, type Flag } from './command';

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

const command = commandsOf('transactions');
const FLAGS: readonly Flag[] = ['noscript', 'loading', 'stale', 'fast', 'allow_busy'];

export const transactionCommands: readonly Command[] = [
  command(['multi', 1, FLAGS], ({ session }) => {
    if (session.transaction !== undefined) throw new CommandError(sessionFault.nestedMulti);
    session.transaction = { requests: [], broken: false };
    return ok;
  }),
  command(['exec', 1, ['noscript', 'loading', 'stale', 'skip_monitor']], exec),
  command(['discard', 1, FLAGS], ({ session }) => {
    if (session.transaction === undefined) throw new CommandError(sessionFault.discardWithoutMulti);
    session.transaction = undefined;
    session.unwatch();
    return ok;
  }),
  command(['watch', -2, FLAGS], {
    keys: ALL_KEYS,
    run: ({ session, database }, args) => {
      // Unlike other errors, this one does not abort the transaction.
      if (session.transaction !== undefined) throw new CommandError(sessionFault.watchInMulti);
      args.slice(1).forEach((key) => session.watch(database, key));
      return ok;
    },
  }),
  command(['unwatch', 1, FLAGS], ({ session }) => {
    session.unwatch();
    return ok;
  }),
];
