import { RedatomError } from './base';

/** A batch recorded a command that would change the connection for everybody who shares it, such as `SELECT` or `SUBSCRIBE`. Nothing was sent. */
export class BatchCommandError extends RedatomError {
  override readonly code = 'BATCH_COMMAND';

  constructor(command: string, reason: string, instead: string) {
    super(`${command} cannot be part of a batch: ${reason}; ${instead}`, { command });
  }
}

/**
 * A recorded command cannot be written: it has no name, an argument is neither text nor bytes, its `{ keys }` are not among its arguments, or its verb got
 * other arguments than it takes in node-redis. Nothing was sent.
 */
export class CommandArgumentError extends RedatomError {
  override readonly code = 'COMMAND_ARGUMENT';

  constructor(
    command: string,
    { expected, found, cause }: { readonly expected: string; readonly found: string; readonly cause?: unknown },
  ) {
    super(`${command} expects ${expected}, found ${found}; nothing was sent`, { command, cause });
  }
}
