export const SIZES = [100, 10_000] as const;

export function keysOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `key:${n}`);
}

/** Records a SET of each key. */
export function fill<T extends { set(key: string, value: string): unknown }>(pipe: T, keys: readonly string[]): T {
  for (const key of keys) pipe.set(key, 'value');
  return pipe;
}

/** Checks the replies of a batch, however it was run: one OK for each key. */
export function expectAll(replies: unknown, keys: readonly string[]): void {
  if (!Array.isArray(replies) || replies.length !== keys.length || replies.some((reply) => reply !== 'OK')) {
    throw new Error(`${keys.length} commands gave ${JSON.stringify(replies).slice(0, 200)}`);
  }
}
