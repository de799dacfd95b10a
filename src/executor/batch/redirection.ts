import { CrossSlotError } from '../../errors/commit';
import { backoffMs } from '../../async/backoff';
import { isClientError } from '../outcomes/client-errors';
import { isServerAnswer } from '../outcomes/reply-errors';

/** The server that another one refers us to. */
export interface Redirection {
  /** `ASK` applies to this command only, `MOVED` from now on. */
  readonly kind: 'ASK' | 'MOVED';
  readonly address: string;
}

/** The most redirections that one command follows. */
export const MAX_ROUNDS = 16;

/** The host is empty if it is that of the answering server, and contains colons if it is an IPv6 address. */
const REDIRECTION = /^(ASK|MOVED) \d+ (\S*:\d+)$/;

/**
 * Reads an answer such as `MOVED 3999 127.0.0.1:6381`. Matches the whole text, because errors of scripts may begin like it. Only servers with slots
 * give such answers.
 */
export function redirectionOf(error: unknown): Redirection | undefined {
  const found = error instanceof Error ? REDIRECTION.exec(error.message) : null;
  return found === null ? undefined : { kind: found[1] as Redirection['kind'], address: found[2] as string };
}

/** Whether the connection failed rather than the command. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isOurs = error instanceof RangeError || error instanceof TypeError || error instanceof CrossSlotError;
  return !isOurs && !isServerAnswer(error) && !isClientError(error, 'AbortError');
}

const PAUSES = { firstMs: 10, maxMs: 250 };

/** How long to wait before sending again. The first repetition does not wait. */
export function pauseMs(round: number): number {
  return round === 0 ? 0 : backoffMs(round - 1, PAUSES);
}
