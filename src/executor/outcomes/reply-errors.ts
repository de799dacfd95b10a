import { types } from 'node:util';
import { RedatomError, subjectOf, type ErrorFacts } from '../../errors/base';
import { CommitRefusedError, CrossSlotError } from '../../errors/commit';
import { RedisConnectionError, RedisServiceError } from '../../errors/connection';
import { KeyNotFoundError, PathMismatchError } from '../../errors/document';
import { isClientError } from './client-errors';
import { nameOf, type RecordedCommand } from '../commands/recorded-command';
import type { Request } from '../request';
import { factsOfPurpose, factsOfRefusal } from '../purpose';
import { givenUp, reasonOf, withoutReply, type Progress } from './given-up';

/** Matches an answer that is one of these texts. If the answer ended a script, the server appends the place in the script. */
function oneOf(...texts: readonly string[]): RegExp {
  return new RegExp(`^(${texts.join('|')})( script: .*)?$`);
}

/**
 * Answers of RedisJSON with an error class of their own, matched by their whole text: RedisJSON gives them no code, and the text of other answers may
 * quote a key.
 */
const KNOWN_ANSWERS: readonly { pattern: RegExp; make: (message: string, facts: ErrorFacts) => RedatomError }[] = [
  {
    pattern: oneOf("ERR could not perform this operation on a key that doesn't exist", 'ERR new objects must be created at the root'),
    make: (_message, facts) => new KeyNotFoundError({ ...facts, path: undefined }),
  },
  {
    pattern: oneOf('Existing key has wrong Redis type', 'WRONGTYPE Operation against a key holding the wrong kind of value'),
    make: (_message, facts) => new PathMismatchError('a JSON document', 'another Redis type', { ...facts, path: facts.path ?? '$' }),
  },
  {
    pattern: oneOf('ERR index out of bounds', 'ERR array index out of range'),
    make: (_message, facts) => new CommitRefusedError('out-of-range', 'a shorter list', facts),
  },
  { pattern: /^nothing was done/, make: (_message, facts) => new PathMismatchError('a place for the value', 'nothing', facts) },
  { pattern: /^CROSSSLOT/, make: (message, facts) => new CrossSlotError(facts.key === undefined ? [] : [facts.key], message, facts) },
];

/** Errors of node-redis that say that a command was never written. */
const NEVER_WRITTEN = [
  'ClientClosedError',
  'ClientOfflineError',
  'AbortError',
  'TimeoutError',
  'ConnectionTimeoutError',
  'RootNodesUnavailableError',
] as const;

/** Whether the server lacks RedisJSON, and so does not know its commands. In a script, it does not name the command. */
function lacksJson(message: string, { model }: ErrorFacts): boolean {
  return (
    /^ERR unknown command ['`]JSON\./i.test(message) ||
    (model !== undefined && /^(ERR|@user_script: \d+:) Unknown (Redis )?command called from (Lua )?script/.test(message))
  );
}

const endings = new WeakSet<Error>();

/**
 * Notes the error with which a connection has ended or failed to open. A client fails every sent command with it, even if the error is the answer to
 * its greeting: such an answer says nothing about commands sent together with the greeting, which may have run.
 */
export function noteEnding(error: unknown): void {
  if (error instanceof Error) endings.add(error);
}

/** Whether a rejection is the answer of a server that refused the command. */
export function isServerAnswer(error: unknown): boolean {
  return isClientError(error, 'ErrorReply', 'SimpleError', 'BlobError') && !endings.has(error as Error);
}

/** Whether an error means that the client had not written the command: it has not run, and will not. */
export function wasNeverWritten(error: unknown): boolean {
  return isClientError(error, ...NEVER_WRITTEN) || failedToConnect(error);
}

/** Node names the step that failed; if it tried several addresses, it does so for each. */
function failedToConnect(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { syscall, errors } = error as NodeJS.ErrnoException & Partial<AggregateError>;
  return errors === undefined ? syscall === 'connect' || syscall === 'getaddrinfo' : errors.every(failedToConnect);
}

const PASSING = /^(TRYAGAIN|CLUSTERDOWN|LOADING|MASTERDOWN)\b/;

/** The texts of the servers themselves, as opposed to those of scripts. */
const PASSING_WORDS = new RegExp(
  `^(${[
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'CLUSTERDOWN The cluster is down( and only accepts read commands)?',
    'CLUSTERDOWN Hash slot not served',
    'LOADING \\S+ is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down(,| and) replica-serve-stale-data is set to 'no'( and 'allow-stale' flag is not set on the script)?\\.",
  ].join('|')})$`,
);

/** Commands whose errors may come from a script, after it has written. */
const RUN_SCRIPTS = new Set(['EVAL', 'EVALSHA', 'EVAL_RO', 'EVALSHA_RO', 'FCALL', 'FCALL_RO']);

/** Whether an error says that the server did nothing but will be able to soon. `ran` is the command, if it may have run. */
export function isPassing(error: unknown, ran?: Pick<RecordedCommand, 'args'>): boolean {
  if (!(error instanceof Error && PASSING.test(error.message))) return false;
  return ran === undefined || !RUN_SCRIPTS.has(nameOf(ran)) || PASSING_WORDS.test(error.message);
}

/** Turns the rejection of a client into one of our errors. */
export function toRedatomError(error: unknown, request: Request): RedatomError {
  if (error instanceof RedatomError) return error;
  const message = reasonOf(error);
  if (isServerAnswer(error)) {
    const { purpose } = request;
    const facts = { ...factsOf(request, error), ...(purpose && factsOfRefusal(purpose)) };
    return purpose?.explain?.(message, facts) ?? refusalOf(message, facts);
  }
  const facts = factsOf(request, error);
  if (wasNeverWritten(error)) return new RedisConnectionError(`${subjectOf(facts)} was not sent: ${adviceOn(error, message)}`, facts);
  return withoutReply(facts, { write: request.write, why: message });
}

/** The same for a failure to connect, as the error of the greeting. */
export function connectFailure(error: unknown): RedatomError {
  return toRedatomError(error, { args: ['HELLO'], key: undefined, write: false });
}

/** The error of a request that its signal or time limit ended. */
export function fateOfRequest(request: Request, cause: unknown, progress: Progress): RedatomError {
  return givenUp(factsOf(request, cause), { write: request.write, ...progress });
}

function adviceOn(error: unknown, message: string): string {
  return isClientError(error, 'ClientClosedError') ? `${message}; call its connect() before, and close it when all is done` : message;
}

/** What an error can say about a request: the verb behind it or, if that is unknown, the command that was sent. */
export function factsOf({ args, key, model, purpose }: Request, cause: unknown): ErrorFacts {
  return { model, key, ...(purpose === undefined ? { command: args[0] } : factsOfPurpose(purpose)), cause };
}

/** What to do about a server without RedisJSON. */
export const GET_JSON = 'connect to Redis 8 or later, to Redis Stack, or to a server that has loaded RedisJSON';

/** Servers before Redis 7 put this before the error that ended a script. */
const PLACE_IN_SCRIPT = /^ERR Error running script \(call to f_[0-9a-f]{40}\): @user_script:\d+: /;

/** The error for an answer with which a server or a script refused a command. */
export function refusalOf(answer: string, facts: ErrorFacts): RedatomError {
  const message = answer.replace(PLACE_IN_SCRIPT, '');
  const known = KNOWN_ANSWERS.find(({ pattern }) => pattern.test(message));
  if (known !== undefined) return known.make(message, facts);
  if (lacksJson(message, facts)) {
    const unknown = message.split(',', 1)[0];
    return new RedisServiceError(
      'ERR',
      `the server refused ${facts.command} because it has no JSON commands (${unknown}); ${GET_JSON}`,
      facts,
    );
  }
  return serviceError(message, facts);
}

/** Outside of scripts, servers give a code when a user lacks a right; in scripts they give this text. */
const REFUSED_IN_SCRIPT = /^ERR ACL failure in script: /;

/** The error code of an answer. */
export function codeOf(answer: string): string {
  return REFUSED_IN_SCRIPT.test(answer) ? 'NOPERM' : (answer.split(' ', 1)[0] ?? '');
}

/** Whether a missing right ended a script, possibly after some of its writes. */
export function isEndedByRights(error: unknown): error is RedisServiceError {
  return error instanceof RedisServiceError && error.cause instanceof Error && REFUSED_IN_SCRIPT.test(error.cause.message);
}

/** The error for an answer without an error class of its own. */
export function serviceError(answer: string, facts: ErrorFacts): RedisServiceError {
  return new RedisServiceError(codeOf(answer), `the server refused ${facts.command}: ${answer}`, facts);
}

/** The whole text, because an error of a script that the server does know may begin like this. */
const UNKNOWN_SCRIPT = /^NOSCRIPT No matching script\.?( Please use EVAL\.?)?$/;

export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && UNKNOWN_SCRIPT.test(error.message);
}
