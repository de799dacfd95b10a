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

/** An answer is one of these texts. A script that it ends adds its own place. */
function oneOf(...texts: readonly string[]): RegExp {
  return new RegExp(`^(${texts.join('|')})( script: .*)?$`);
}

/** Answers of RedisJSON that have a name here, by their whole text: RedisJSON gives them no code, and the words of others may quote a key. */
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

/** node-redis' errors that say that a command was never written. */
const NEVER_WRITTEN = [
  'ClientClosedError',
  'ClientOfflineError',
  'AbortError',
  'TimeoutError',
  'ConnectionTimeoutError',
  'RootNodesUnavailableError',
] as const;

/** A server without RedisJSON does not know its commands, of which it gives no name in a script. */
function lacksJson(message: string, { model }: ErrorFacts): boolean {
  return (
    /^ERR unknown command ['`]JSON\./i.test(message) ||
    (model !== undefined && /^(ERR|@user_script: \d+:) Unknown (Redis )?command called from (Lua )?script/.test(message))
  );
}

const endings = new WeakSet<Error>();

/**
 * Notes the error with which a connection has ended, or was not made. A client fails all with it that it had sent, also where it is the answer to the
 * greeting: that says nothing of what was sent with the greeting, which may have run.
 */
export function noteEnding(error: unknown): void {
  if (error instanceof Error) endings.add(error);
}

/** Whether a rejection is the answer of a server, which did not do what it was asked. */
export function isServerAnswer(error: unknown): boolean {
  return isClientError(error, 'ErrorReply', 'SimpleError', 'BlobError') && !endings.has(error as Error);
}

/** Whether a client rejects a command with it that it had not written: it has not run, and will not. */
export function wasNeverWritten(error: unknown): boolean {
  return isClientError(error, ...NEVER_WRITTEN) || failedToConnect(error);
}

/** Node names the step that failed, of each address where it tried several. */
function failedToConnect(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  const { syscall, errors } = error as NodeJS.ErrnoException & Partial<AggregateError>;
  return errors === undefined ? syscall === 'connect' || syscall === 'getaddrinfo' : errors.every(failedToConnect);
}

const PASSING = /^(TRYAGAIN|CLUSTERDOWN|LOADING|MASTERDOWN)\b/;

/** The words of the servers themselves. */
const PASSING_WORDS = new RegExp(
  `^(${[
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'CLUSTERDOWN The cluster is down( and only accepts read commands)?',
    'CLUSTERDOWN Hash slot not served',
    'LOADING \\S+ is loading the dataset in memory',
    "MASTERDOWN Link with MASTER is down(,| and) replica-serve-stale-data is set to 'no'( and 'allow-stale' flag is not set on the script)?\\.",
  ].join('|')})$`,
);

/** Commands whose errors may be those of a script, after all that it wrote. */
const RUN_SCRIPTS = new Set(['EVAL', 'EVALSHA', 'EVAL_RO', 'EVALSHA_RO', 'FCALL', 'FCALL_RO']);

/** The server did nothing, and will be able to soon. `ran` is the command that may have run, where it was not refused before. */
export function isPassing(error: unknown, ran?: Pick<RecordedCommand, 'args'>): boolean {
  if (!(error instanceof Error && PASSING.test(error.message))) return false;
  return ran === undefined || !RUN_SCRIPTS.has(nameOf(ran)) || PASSING_WORDS.test(error.message);
}

/** Turns what a client rejected with into one of our errors. */
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

/** The same for the greeting with which a client begins: the connection that it was to make is not there. */
export function connectFailure(error: unknown): RedatomError {
  return toRedatomError(error, { args: ['HELLO'], key: undefined, write: false });
}

/** The error of a request that its signal, or its time limit, ended. */
export function fateOfRequest(request: Request, cause: unknown, progress: Progress): RedatomError {
  return givenUp(factsOf(request, cause), { write: request.write, ...progress });
}

function adviceOn(error: unknown, message: string): string {
  return isClientError(error, 'ClientClosedError') ? `${message}; call its connect() before, and close it when all is done` : message;
}

/** What an error can say of a request: who asked, and where nobody has said that, what was sent. */
export function factsOf({ args, key, model, purpose }: Request, cause: unknown): ErrorFacts {
  return { model, key, ...(purpose === undefined ? { command: args[0] } : factsOfPurpose(purpose)), cause };
}

/** What to do about a server without RedisJSON. */
export const GET_JSON = 'connect to Redis 8 or later, to Redis Stack, or to a server that has loaded RedisJSON';

/** Servers before Redis 7 put it before the error that has ended a script. */
const PLACE_IN_SCRIPT = /^ERR Error running script \(call to f_[0-9a-f]{40}\): @user_script:\d+: /;

/** The error for an answer with which a server, or a script, refused a command. */
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

/** Servers give a code to what a user may not do, but not in scripts. */
const REFUSED_IN_SCRIPT = /^ERR ACL failure in script: /;

/** The code of an answer that refuses. */
export function codeOf(answer: string): string {
  return REFUSED_IN_SCRIPT.test(answer) ? 'NOPERM' : (answer.split(' ', 1)[0] ?? '');
}

/** Whether a script was ended by the lack of a right, which it may have noticed only after some of its writes. */
export function isEndedByRights(error: unknown): error is RedisServiceError {
  return error instanceof RedisServiceError && error.cause instanceof Error && REFUSED_IN_SCRIPT.test(error.cause.message);
}

/** The error for an answer that has no name here. */
export function serviceError(answer: string, facts: ErrorFacts): RedisServiceError {
  return new RedisServiceError(codeOf(answer), `the server refused ${facts.command}: ${answer}`, facts);
}

/** Word for word: an error of a script that the server does know may begin like it. */
const UNKNOWN_SCRIPT = /^NOSCRIPT No matching script\.?( Please use EVAL\.?)?$/;

export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && UNKNOWN_SCRIPT.test(error.message);
}
