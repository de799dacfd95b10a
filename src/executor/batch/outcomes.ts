import { RedatomError } from '../../errors/base';
import { OutcomeUnknownError } from '../../errors/commit';
import { RedisServiceError } from '../../errors/connection';
import { nameOf, type Protocol, type RecordedCommand } from '../commands/recorded-command';
import type { Request } from '../request';
import { reasonOf } from '../outcomes/given-up';
import { factsOf, fateOfRequest, isServerAnswer, serviceError, toRedatomError } from '../outcomes/reply-errors';

/** The place of a reply whose command was not handed to a connection yet. */
export const PENDING = Symbol('pending');

/** The place of a reply that has not arrived yet. */
export const ON_ITS_WAY = Symbol('on its way');

/** Turns the failure of a command into one of our errors. */
export function failureOf(error: unknown, command: RecordedCommand): RedatomError {
  const request = requestOf(command);
  return isServerAnswer(error) ? serviceError((error as Error).message, factsOf(request, error)) : toRedatomError(error, request);
}

/** The parts of a command that matter for sending it. */
type Sent = Pick<RecordedCommand, 'args' | 'routingKey' | 'write'>;

/** The failure of a command that was given up: its reply did not arrive in time, or there was no time to send it. */
export function fateOf(command: Sent, cause: unknown, progress: { readonly isSent: boolean }): RedatomError {
  return fateOfRequest(requestOf(command), cause, progress);
}

/** The failure of a command that was not refused itself, but was to be part of a transaction that the server refused to begin. */
export function ranAlone(command: RecordedCommand, refusal: unknown): RedatomError {
  if (!command.write) return failureOf(refusal, command);
  const problem = `may have run outside of a transaction, because the server refused MULTI: ${reasonOf(refusal)}`;
  return new OutcomeUnknownError(factsOf(requestOf(command), refusal), problem);
}

function requestOf(command: Sent): Request {
  const { routingKey, write } = command;
  return { args: [nameOf(command)], key: routingKey === undefined ? undefined : String(routingKey), write };
}

/** Reads the raw reply to each command; errors stay in place. */
export function readReplies(raw: readonly unknown[], commands: readonly RecordedCommand[], protocol: Protocol): unknown[] {
  const results = commands.map((command, index) => readReply(raw[index], command, protocol));
  reportFailures(results, commands);
  return results;
}

/** Notifies the commands that failed, the last one first, because its local changes build on those of earlier commands. */
export function reportFailures(results: readonly unknown[], commands: readonly RecordedCommand[]): void {
  for (let index = commands.length - 1; index >= 0; index -= 1) {
    if (results[index] instanceof Error) commands[index]?.onFailure?.(results[index]);
  }
}

/** Runs commands, and notifies them all when none was applied for a reason that is not among their results. */
export async function toldTogether<R>(commands: readonly RecordedCommand[], run: () => Promise<R>): Promise<R> {
  try {
    const results = await run();
    // Null means that a watched key had changed.
    if (results === null) reportAll(commands, undefined);
    return results;
  } catch (error) {
    reportAll(commands, error);
    throw error;
  }
}

function reportAll(commands: readonly RecordedCommand[], reason: unknown): void {
  for (let index = commands.length - 1; index >= 0; index -= 1) commands[index]?.onFailure?.(reason);
}

function readReply(reply: unknown, command: RecordedCommand, protocol: Protocol): unknown {
  if (reply instanceof Error) return failureOf(reply, command);
  try {
    return command.decode(reply, protocol);
  } catch (error) {
    return error instanceof RedatomError
      ? error
      : new RedisServiceError('', `the reply to ${nameOf(command)} cannot be read`, { cause: error });
  }
}
