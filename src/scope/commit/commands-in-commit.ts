import { RedisServiceError } from '../../errors/connection';
import { OF_MESSAGES } from '../../executor/commands/connection-state';
import { keysOf, nameOf, type RecordedCommand } from '../../executor/commands/recorded-command';
import { codeOf } from '../../executor/outcomes/reply-errors';
import type { QueuedCommand } from '../pipeline-scope';
import { stepOf, type ScriptStep } from './script-step';

/** A raw command of a commit. */
interface PlacedCommand {
  readonly command: RecordedCommand;
  /** Position of its reply among the replies of the pipeline. */
  readonly position: number;
}

/** Positions of the replies to the changes and commands of a pipeline, which are numbered in the order in which they were recorded. */
export interface ReplyPositions {
  readonly ofChanges: readonly number[];
  readonly commands: readonly PlacedCommand[];
}

export function replyPositionsOf(changeCount: number, queued: readonly QueuedCommand[]): ReplyPositions {
  const ofChanges: number[] = [];
  const commands = queued.map(({ command, after }, at) => {
    while (ofChanges.length < after) ofChanges.push(ofChanges.length + at);
    return { command, position: after + at };
  });
  while (ofChanges.length < changeCount) ofChanges.push(ofChanges.length + queued.length);
  return { ofChanges, commands };
}

/** Published messages cannot be taken back, so they are sent after everything else is done. */
function inOrder(commands: readonly PlacedCommand[]): PlacedCommand[] {
  const isMessage = ({ command }: PlacedCommand): boolean => OF_MESSAGES.has(nameOf(command));
  return [...commands.filter((one) => !isMessage(one)), ...commands.filter(isMessage)];
}

/** The steps for the commands of a commit, in the order in which they run. */
export function commandSteps(commands: readonly PlacedCommand[], replies: unknown[]): ScriptStep[] {
  return inOrder(commands).map(({ command, position }) => {
    const keys = keysOf(command).map(String);
    const refuse: ScriptStep['refuse'] = (found) => refusalOf(command, position, found);
    // Scripts get replies in RESP 2.
    const onReply = (reply: unknown): unknown => (replies[position] = command.decode(reply, 2));
    return stepOf({ kind: 'raw', key: keys[0] ?? '', keys, name: 'raw', args: command.args, refuse, onReply });
  });
}

function refusalOf(command: RecordedCommand, index: number, found: string): RedisServiceError {
  const name = nameOf(command);
  return new RedisServiceError(codeOf(found), `the server refused ${name}, so nothing was applied: ${found}`, {
    key: keysOf(command).map(String)[0],
    command: name,
    index,
    cause: new Error(found),
  });
}

/** Keys that commands may have changed by the time a later one fails. A command that fails has changed nothing itself. */
export function keysToBackUp(commands: readonly PlacedCommand[]): string[] {
  const writes = inOrder(commands)
    .slice(0, -1)
    .filter(({ command }) => command.write);
  return writes.flatMap(({ command }) => keysOf(command).map(String));
}
