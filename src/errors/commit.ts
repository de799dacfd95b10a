import { RedatomError, subjectOf, type ErrorFacts } from './base';

/** Work of a pipeline callback went on after the pipeline had ended; the change was neither applied nor queued. */
export class PipelineClosedError extends RedatomError {
  override readonly code = 'PIPELINE_CLOSED';

  constructor(facts: ErrorFacts = {}) {
    super('the pipeline has ended; await all work inside its callback', facts);
  }
}

/**
 * Another flow has a pipeline open on the same instance, a pipeline was given two instances of one document, or `transact` was called inside `transact` of the
 * same document.
 */
export class PipelineBusyError extends RedatomError {
  override readonly code = 'PIPELINE_BUSY';

  constructor(facts: ErrorFacts, problem = 'has a pipeline open in another flow; await it, or work on an instance of your own') {
    super(`${facts.model} ${JSON.stringify(facts.key)} ${problem}`, facts);
  }
}

/** A verb that needs the server's answer was called inside a pipeline, which sends nothing until it ends. */
export class PipelineNeedsReplyError extends RedatomError {
  override readonly code = 'PIPELINE_NEEDS_REPLY';

  constructor(verb: string, instead: string, { need = "needs the server's reply", ...facts }: ErrorFacts & { readonly need?: string }) {
    super(`${verb}() ${need}, and a pipeline sends nothing until it ends; ${instead}`, { ...facts, command: verb });
  }
}

/** A command that cannot be part of a commit was recorded in a pipeline; nothing was sent. */
export class PipelineCommandError extends RedatomError {
  override readonly code = 'PIPELINE_COMMAND';

  constructor(command: string, reason: string) {
    super(`${command} cannot be part of a pipeline: ${reason}; send it by itself`, { command });
  }
}

/** What the refusal of a commit also says. */
export interface RefusalFacts extends ErrorFacts {
  /** The commit made no other change, so a position says nothing. */
  readonly isAlone?: boolean | undefined;
}

/**
 * The commit was refused and nothing was written: a precondition did not hold.
 *
 * `found` is what a list had instead of the position (`out-of-range`), else the result that was refused.
 */
export class CommitRefusedError extends RedatomError {
  override readonly code = 'COMMIT_REFUSED';

  constructor(
    readonly reason: 'out-of-range' | 'below-min' | 'above-max' | 'not-an-integer',
    readonly found: string,
    facts: RefusalFacts,
  ) {
    const position = facts.index === undefined || facts.isAlone === true ? '' : ` (operation ${facts.index})`;
    const subject = `${facts.command ?? 'commit'} on ${JSON.stringify(facts.key)} at ${facts.path}`;
    const finding = `${reason === 'out-of-range' ? 'found' : 'the result would be'} ${found}`;
    super(`${subject} was refused${position}: ${reason}, ${finding}`, facts);
  }
}

/** What a conflict of versions also says. */
interface ConflictFacts extends ErrorFacts {
  /** How often a transaction ran its work. */
  readonly runs?: number | undefined;
}

function timesInWords(runs: number): string {
  return runs === 1 ? 'once, and another writer came first' : `${runs} times, and each time another writer came first`;
}

/** The document was changed since it was read; nothing was written. */
export class VersionConflictError extends RedatomError {
  override readonly code = 'VERSION_CONFLICT';

  constructor(
    readonly expectedVersion: number,
    readonly foundVersion: string,
    facts: ConflictFacts,
  ) {
    const { key, runs } = facts;
    const way = runs === undefined ? 'load() and try again' : `the work was run ${timesInWords(runs)}: raise retries, or take a lock`;
    super(`${JSON.stringify(key)} was read at version ${expectedVersion}, found version ${foundVersion}; ${way}`, facts);
  }
}

/** Keys that must change together lie in different slots of the cluster, or on different connections; nothing was sent. */
export class CrossSlotError extends RedatomError {
  override readonly code = 'CROSS_SLOT';

  constructor(
    readonly keys: readonly string[],
    reason: string,
    facts: ErrorFacts = {},
  ) {
    super(`${keys.map((key) => JSON.stringify(key)).join(', ')} cannot change in one commit: ${reason}`, facts);
  }
}

/**
 * The connection was lost, or the deadline passed, after the write had been sent: it may or may not have been applied.
 *
 * The instance is stale until `load()`.
 */
export class OutcomeUnknownError extends RedatomError {
  override readonly code = 'OUTCOME_UNKNOWN';

  constructor(facts: ErrorFacts, problem = 'was sent, but its reply did not arrive: it may have been applied') {
    const { command = 'the write', key } = facts;
    super(`${subjectOf({ command, key })} ${problem}; ${wayToTell(facts)}`, facts);
  }
}

/** Verbs that do the same when they are called again. */
const REPEATABLE: readonly (string | undefined)[] = ['createIndex', 'syncIndex', 'dropIndex'];

function wayToTell({ model, command }: ErrorFacts): string {
  if (REPEATABLE.includes(command)) return 'call it again';
  return model === undefined ? 'read what is stored to find out' : 'load() shows what is stored';
}
