import { describe } from './describe';
import { refuseUnknown, type NamesOf } from './options';
import { timerMs } from './timer';

/** Limits of one call. */
export interface CallOptions {
  /** Gives the call up when the signal aborts. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Longest time the call may take, in milliseconds. Default: that of the connection while it is offline, and always where
   * `connect(client, { timeoutMs })` sets it. Otherwise there is none, but redatom drops a connection of its own that is silent for that long.
   */
  readonly timeoutMs?: number | undefined;
}

/** The names of these options. */
export const CALL_OPTIONS = { signal: true, timeoutMs: true } satisfies NamesOf<CallOptions>;

export function refuseUnknownLimits(call: CallOptions): void {
  refuseUnknown(call, CALL_OPTIONS, 'a call');
}

/** The same for options that have no effect in this call, where wrong ones would go unnoticed. */
export function refuseWrongLimits(call: CallOptions | undefined): void {
  if (call === undefined) return;
  refuseUnknownLimits(call);
  checkedLimits(call);
}

/** Refuses limits that make no sense, whatever they would do to a call. */
export function checkedLimits({ signal, timeoutMs }: CallOptions): CallOptions {
  if (timeoutMs !== undefined) timerMs(timeoutMs);
  if (signal === undefined || typeof (signal as AbortSignal | null)?.addEventListener === 'function') return { signal, timeoutMs };
  throw new TypeError(`signal must be an AbortSignal, found ${describe(signal)}`);
}
