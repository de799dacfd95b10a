import { createHash } from 'node:crypto';
import { fault, scriptFault } from '../messages';
import { ok, type Reply } from '../protocol/reply';
import { argument, parseInteger } from './arguments';
import { CommandError, UnexpectedWordError, commandsOf, countedKeys, type Command, type Context, type Flag } from './command';
import { subcommands } from './subcommands';

export function digestOf(source: string): string {
  return createHash('sha1').update(source, 'latin1').digest('hex');
}

function run(context: Context, args: readonly string[], script: { readonly source: string; readonly sha: string }): Reply {
  const count = parseInteger(argument(args, 2));
  if (count < 0) throw new CommandError(scriptFault.keyCountNegative);
  if (count > args.length - 3) throw new CommandError(scriptFault.keyCountTooLarge);
  const readonly = argument(args, 0).toLowerCase().endsWith('_ro');
  return context.host.runScript(context, { ...script, keys: args.slice(3, 3 + count), args: args.slice(3 + count), readonly });
}

function evaluate(context: Context, args: readonly string[]): Reply {
  const source = argument(args, 1);
  const sha = digestOf(source);
  const reply = run(context, args, { source, sha });
  context.server.scripts.set(sha, source);
  return reply;
}

function evaluateLoaded(context: Context, args: readonly string[]): Reply {
  const sha = argument(args, 1).toLowerCase();
  const source = context.server.scripts.get(sha);
  if (source === undefined) throw new CommandError(scriptFault.noScript);
  return run(context, args, { source, sha });
}

const script = subcommands({
  load: {
    arity: 3,
    run: (context, args) => {
      const source = argument(args, 2);
      context.host.checkScript(source);
      const sha = digestOf(source);
      context.server.scripts.set(sha, source);
      return sha;
    },
  },
  exists: { arity: -3, run: ({ server }, args) => args.slice(2).map((sha) => Number(server.scripts.has(sha.toLowerCase()))) },
  flush: {
    arity: -2,
    run: ({ server }, args) => {
      const mode = (args[2] ?? 'SYNC').toUpperCase();
      if (mode !== 'SYNC' && mode !== 'ASYNC') throw new UnexpectedWordError(args, 2, scriptFault.flushOption);
      if (args.length > 3) throw new UnexpectedWordError(args, 3, scriptFault.flushOption);
      server.scripts.clear();
      return ok;
    },
  },
  kill: {
    arity: 2,
    run: () => {
      throw new CommandError(fault.unsupported('SCRIPT KILL'));
    },
  },
});

const command = commandsOf('scripting');

function evaluation(name: string, action: Command['run']): Command {
  const flags: readonly Flag[] = ['noscript', 'stale', 'skip_monitor', 'no_mandatory_keys', 'movablekeys'];
  return command([name, -3, name.endsWith('_ro') ? [...flags, 'readonly'] : flags], {
    keys: countedKeys(2),
    notes: 'no coroutines, no struct library, at most 30 s',
    run: action,
  });
}

export const scriptingCommands: readonly Command[] = [
  evaluation('eval', evaluate),
  evaluation('eval_ro', evaluate),
  evaluation('evalsha', evaluateLoaded),
  evaluation('evalsha_ro', evaluateLoaded),
  command(['script', -2, ['noscript']], { ...script, notes: 'no SCRIPT KILL and no SCRIPT DEBUG' }),
];
