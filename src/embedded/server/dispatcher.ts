import {
  CommandError,
  UnexpectedWordError,
  hasArity,
  keysOf,
  type ClusterView,
  type Command,
  type Context,
  type Host,
  type ScriptCall,
} from '../commands/command';
import { slotOf } from '../commands/slot';
import { commandTable } from '../commands/table';
import { clusterFault, fault, scriptFault, sessionFault } from '../messages';
import { ErrorReply, NoReply, queued, RedirectionReply, SeriesReply, StatusReply, type Reply } from '../protocol/reply';
import type { ServerState } from '../state/server-state';
import { Session } from '../state/session';
import { monitorLine } from './monitor-line';
import { ScriptRunner } from './script-runner';

const known: ReadonlyMap<string, Command> = new Map(commandTable.map((command) => [command.name, command]));

function commandOf([name]: readonly string[]): Command | undefined {
  return known.get((name as string).toLowerCase());
}

const ALLOWED_WHILE_LISTENING = new Set([
  ...['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunsubscribe'],
  ...['ping', 'quit', 'reset'],
]);
const RUNS_IN_TRANSACTION = new Set(['exec', 'discard', 'multi', 'watch', 'quit', 'reset']);

/** Refuses, queues or runs each request of one node. */
export class Dispatcher implements Host {
  readonly commands = known;
  private readonly scripts = new ScriptRunner((context, args, readonly) => this.runForScript(context, args, readonly));
  private readonly scriptSession = new Session({ address: 'lua', localAddress: '', write: () => undefined, close: () => undefined });

  constructor(
    readonly server: ServerState,
    readonly cluster: ClusterView | undefined,
  ) {}

  /** The answer to one request. */
  dispatch(session: Session, args: readonly string[]): Reply {
    this.server.commandCount += 1;
    const command = commandOf(args);
    const refusal = this.refusalOf(session, command, args);
    if (refusal !== undefined) {
      if (command?.name === 'exec') return this.abort(session, refusal);
      if (session.transaction !== undefined) session.transaction.broken = true;
      return refusal;
    }
    if (session.transaction !== undefined && !RUNS_IN_TRANSACTION.has((command as Command).name)) {
      session.transaction.requests.push(args);
      return queued;
    }
    return this.run(session, command as Command, args);
  }

  runAll(session: Session, requests: readonly (readonly string[])[]): Reply[] {
    return this.server.clock.frozen(() => requests.map((args) => this.run(session, commandOf(args) as Command, args)));
  }

  runScript(context: Context, script: ScriptCall): Reply {
    return this.server.clock.frozen(() => {
      this.scriptSession.databaseIndex = context.session.databaseIndex;
      return this.scripts.run({ ...context, session: this.scriptSession }, script);
    });
  }

  checkScript(source: string): void {
    this.scripts.check(source);
  }

  private abort(session: Session, refusal: ErrorReply): ErrorReply {
    session.transaction = undefined;
    session.unwatch();
    return refusal instanceof RedirectionReply ? refusal : new ErrorReply(sessionFault.execRefused(refusal.text));
  }

  private refusalOf(session: Session, command: Command | undefined, args: readonly string[]): ErrorReply | undefined {
    if (command === undefined) return new ErrorReply(fault.unknownCommand(args[0] as string, args.slice(1)));
    const misuse = misuseOf(command, args);
    if (misuse !== undefined) return new ErrorReply(misuse);
    if (this.server.password !== undefined && !session.authenticated && !command.flags.includes('no_auth'))
      return new ErrorReply(sessionFault.noAuth);
    const redirection = this.redirectionOf(session, command, args);
    if (redirection !== undefined) return redirection;
    if (session.onlyListens && !ALLOWED_WHILE_LISTENING.has(command.name))
      return new ErrorReply(sessionFault.onlyListens(fullName(command, args)));
    const isRefused = session.transaction !== undefined && command.flags.includes('no_multi');
    return isRefused ? new ErrorReply(sessionFault.notInMulti) : undefined;
  }

  private redirectionOf(session: Session, command: Command, args: readonly string[]): RedirectionReply | undefined {
    if (this.cluster === undefined) return undefined;
    const requests = command.name === 'exec' ? (session.transaction?.requests ?? []) : [args];
    const keys = requests.flatMap((request) => keysOf(commandOf(request) as Command, request));
    const [slot, ...others] = new Set(keys.map(slotOf));
    if (slot === undefined) return undefined;
    if (others.length > 0) return new RedirectionReply(clusterFault.crossSlot);
    const { self, nodes } = this.cluster;
    const holds = slot >= self.slots.first && slot <= self.slots.last;
    const mayRead = session.readsReplica && requests.every((request) => commandOf(request)?.flags.includes('readonly') === true);
    if (holds && (self.master === undefined || mayRead)) return undefined;
    const owner = nodes.find(({ slots, master }) => master === undefined && slot >= slots.first && slot <= slots.last);
    return owner === undefined ? undefined : new RedirectionReply(clusterFault.moved(slot, `${owner.host}:${owner.port}`));
  }

  private run(session: Session, command: Command, args: readonly string[]): Reply {
    const context: Context = {
      server: this.server,
      session,
      database: this.server.database(session.databaseIndex),
      version: session.version,
      host: this,
    };
    return this.runMonitored(command, context, args);
  }

  private runForScript(context: Context, args: readonly string[], readonly: boolean): Reply {
    const command = commandOf(args);
    if (command === undefined) return new ErrorReply(fault.unexpected(scriptFault.unknownCommand, args[0], 'redis.call'));
    if (isUnknownSubcommand(command, args)) return new ErrorReply(new UnexpectedWordError(args, 1, scriptFault.unknownCommand).message);
    if (misuseOf(command, args) !== undefined) return new ErrorReply(scriptFault.arity);
    if (command.flags.includes('noscript')) return new ErrorReply(scriptFault.notAllowed);
    if (readonly && command.flags.includes('write')) return new ErrorReply(scriptFault.writeInReadOnly);
    if (this.cluster !== undefined) {
      const { first, last } = this.cluster.self.slots;
      const isElsewhere = (key: string): boolean => slotOf(key) < first || slotOf(key) > last;
      if (keysOf(command, args).some(isElsewhere)) return new ErrorReply(clusterFault.scriptMoved);
    }
    return this.runMonitored(command, { ...context, database: this.server.database(this.scriptSession.databaseIndex) }, args);
  }

  /** Monitors see a script before the commands that it runs, and any other command after it has run. */
  private runMonitored(command: Command, context: Context, args: readonly string[]): Reply {
    const isScript = command.name.startsWith('eval');
    if (isScript) this.tellMonitors(command, args, context.session);
    const reply = runSafely(command, context, args);
    if (!isScript) this.tellMonitors(command, args, context.session);
    return reply;
  }

  private tellMonitors(command: Command, args: readonly string[], session: Session): void {
    if (this.server.monitors.size === 0 || command.flags.includes('admin')) return;
    const line = new StatusReply(monitorLine({ command, args, session, microseconds: this.server.clock.nowMicroseconds() }));
    for (const monitor of this.server.monitors) monitor.send(line);
  }
}

function isUnknownSubcommand({ subcommands }: Command, args: readonly string[]): boolean {
  return subcommands !== undefined && args[1] !== undefined && !subcommands.has(args[1].toLowerCase());
}

/** The name of the command, with its subcommand after a bar. */
function fullName(command: Command, args: readonly string[]): string {
  return command.subcommands === undefined || args[1] === undefined ? command.name : `${command.name}|${args[1].toLowerCase()}`;
}

/** The error for a wrong number of words or an unknown subcommand, if any. */
function misuseOf(command: Command, args: readonly string[]): string | undefined {
  if (!hasArity(command.arity, args)) return fault.arity(command.name);
  const [, word] = args;
  if (command.subcommands === undefined || word === undefined) return undefined;
  const arity = command.subcommands.get(word.toLowerCase());
  if (arity === undefined) return fault.unknownSubcommand(word.slice(0, 128), command.name);
  return hasArity(arity, args) ? undefined : fault.arity(`${command.name}|${word.toLowerCase()}`);
}

function runSafely(command: Command, context: Context, args: readonly string[]): Reply {
  try {
    return command.run(context, args);
  } catch (error) {
    // A bug here must not end the process that hosts the server, so it is answered as an error.
    return new ErrorReply(error instanceof CommandError ? error.message : fault.internal(command.name, String(error)));
  }
}

/** Whether nothing is sent, because of CLIENT REPLY or of the reply itself. Uses up a SKIP. */
export function isSilent(session: Session, reply: Reply): boolean {
  if (reply instanceof NoReply) return true;
  if (reply instanceof SeriesReply) return false;
  const silent = session.replies === 'off' || session.replies === 'skip';
  if (session.replies === 'skip') session.replies = 'on';
  return silent;
}
