/** The callbacks for the abort of a signal, and how to stop listening to it. */
interface Listening {
  readonly listeners: Set<() => void>;
  readonly stop: () => void;
}

/** One listener per signal: users share a signal among many calls, and Node warns of a leak beyond ten listeners. */
const bySignal = new WeakMap<AbortSignal, Listening>();

/** Calls a listener when the signal aborts, until the returned function is called. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  const { listeners, stop } = listeningTo(signal);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) stop();
  };
}

function listeningTo(signal: AbortSignal): Listening {
  const present = bySignal.get(signal);
  if (present !== undefined) return present;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const stop = (): void => {
    bySignal.delete(signal);
    signal.removeEventListener('abort', tell);
  };
  signal.addEventListener('abort', tell);
  const listening = { listeners, stop };
  bySignal.set(signal, listening);
  return listening;
}
