import { oncePer } from '../../memo/once-per';
import type { SendOptions } from './client-shapes';

interface WithCommandOptions {
  readonly options?: { readonly commandOptions?: object } | undefined;
  withCommandOptions?: (this: unknown, options: object) => unknown;
}

/**
 * The same connection without those options of its owner that must not apply to our commands. A type mapping would give replies types that we do not
 * expect. And node-redis arms a timer for each command by default, which costs two thirds of the throughput of small ones; a timeout that the owner
 * set explicitly is kept.
 */
export const bareClient = oncePer((client: object & WithCommandOptions) => {
  const { options, withCommandOptions } = client;
  const own = { ...(options?.commandOptions ?? { timeout: undefined }), typeMapping: undefined };
  return withCommandOptions === undefined ? client : (withCommandOptions.call(client, own) as object);
}) as <T extends object>(client: T) => T;

const NO_TYPE_MAPPING: SendOptions = Object.freeze({ typeMapping: undefined });

/** The same for one command, for clients that pass their options on: options of the command take precedence. */
export function bareOptions(options: SendOptions | undefined): SendOptions {
  return options === undefined ? NO_TYPE_MAPPING : { ...options, typeMapping: undefined };
}
