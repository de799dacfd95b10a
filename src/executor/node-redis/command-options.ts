import { oncePer } from '../../memo/once-per';
import type { SendOptions } from './client-shapes';

interface WithCommandOptions {
  readonly options?: { readonly commandOptions?: object } | undefined;
  withCommandOptions?: (this: unknown, options: object) => unknown;
}

/**
 * The same connection without options of its owner that are not for our commands. A type mapping gives replies other types than they are read as. And
 * node-redis arms a timer for each command, which costs two thirds of the throughput of small ones; a time that the owner set himself is kept.
 */
export const bareClient = oncePer((client: object & WithCommandOptions) => {
  const { options, withCommandOptions } = client;
  const own = { ...(options?.commandOptions ?? { timeout: undefined }), typeMapping: undefined };
  return withCommandOptions === undefined ? client : (withCommandOptions.call(client, own) as object);
}) as <T extends object>(client: T) => T;

const NO_TYPE_MAPPING: SendOptions = Object.freeze({ typeMapping: undefined });

/** The same for one command of clients that hand their options on: what is said with the command comes first. */
export function bareOptions(options: SendOptions | undefined): SendOptions {
  return options === undefined ? NO_TYPE_MAPPING : { ...options, typeMapping: undefined };
}
