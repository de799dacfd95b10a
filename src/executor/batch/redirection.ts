import { CrossSlotError } from '../../errors/commit';
import { backoffMs } from '../backoff';
import { isClientError } from '../client-errors';
import { isServerAnswer } from '../reply-errors';

/** Where a server sends us instead. */
export interface Redirection {
  /** `ASK` holds for this one command, `MOVED` from now on. */
  readonly kind: 'ASK' | 'MOVED';
  readonly address: string;
}

/** The most redirections that one command follows. */
export const MOST_ROUNDS = 16;

/** Reads an answer such as `MOVED 3999 127.0.0.1:6381`. */
export function redirectionOf(error: unknown): Redirection | undefined {
  if (!(error instanceof Error)) return undefined;
  const [kind, , address] = error.message.split(' ');
  return (kind === 'MOVED' || kind === 'ASK') && address !== undefined ? { kind, address } : undefined;
}

/** The connection failed, rather than the command. */
export function isConnectionFailure(error: unknown): boolean {
  const isOurs = error instanceof RangeError || error instanceof TypeError || error instanceof CrossSlotError;
  return error instanceof Error && !isOurs && !isServerAnswer(error) && !isClientError(error, 'AbortError');
}

const PAUSES = { firstMs: 10, longestMs: 250 };

/** How long to wait before sending again, from the second time on. */
export function pauseMs(round: number): number {
  return round === 0 ? 0 : backoffMs(round - 1, PAUSES);
}
