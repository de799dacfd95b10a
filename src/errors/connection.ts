import { RedatomError, type ErrorCode, type ErrorFacts } from './base';

/**
 * The server could not be reached, or the command was given up before it was sent: it has not run and will not run. Also thrown when a read got no reply: it
 * may have run, but changes nothing. A write without a reply throws {@link OutcomeUnknownError}.
 */
export class RedisConnectionError extends RedatomError {
  override readonly code: ErrorCode = 'REDIS_CONNECTION';
  /** Whether a write was sent and got no reply. True only where several commands failed together. */
  readonly maybeApplied: boolean = false;
}

/** The server refused a command for a reason that redatom has no better name for: out of memory, read-only replica, no permission. */
export class RedisServiceError extends RedatomError {
  override readonly code: ErrorCode = 'REDIS_SERVICE';

  constructor(
    /** First word of the server's answer, such as `OOM`, `READONLY`, `NOAUTH`. */
    readonly reply: string,
    message: string,
    facts: ErrorFacts = {},
  ) {
    super(message, facts);
  }
}

/** A model was used before it was bound to a connection, or a connection after it was closed. */
export class NotConnectedError extends RedatomError {
  override readonly code = 'NOT_CONNECTED';

  /** A model was bound to no connection. */
  static unbound(model: string): NotConnectedError {
    return new NotConnectedError(`${model} is not bound to a connection; ${howToBind(model)}`, { model });
  }

  /** The connection that a model was bound to is closed. */
  static closed(model: string): NotConnectedError {
    return new NotConnectedError(`the connection of ${model} was closed; ${howToBind(model, ' again')}`, { model });
  }
}

function howToBind(model: string, again = ''): string {
  return `pass it to connect(url, { models: [${model}] })${again} or call ${model}.bind(db)`;
}
