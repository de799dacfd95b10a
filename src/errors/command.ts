import { RedatomError } from './base';

/**
 * A command was recorded for a batch that would change the connection for everybody who shares it, such as `SELECT` or `SUBSCRIBE`. Nothing was sent.
 */
export class BatchCommandError extends RedatomError {
  override readonly code = 'BATCH_COMMAND';

  constructor(command: string, reason: string, instead: string) {
    super(`${command} cannot be part of a batch: ${reason}; ${instead}`, { command });
  }
}

/**
 * A command was recorded that cannot be written: without a name, with an argument that is neither text nor bytes, with `{ keys }` that are none of its
 * arguments, or by a verb that got other arguments than it has in node-redis. Nothing was sent.
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
