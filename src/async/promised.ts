/** Starts work; everything that it throws rejects its promise. Cheaper than an async function around one promise. */
export function promised<R>(start: () => Promise<R>): Promise<R> {
  try {
    return start();
  } catch (error) {
    return rejected(error);
  }
}

/** The promise of work that failed synchronously. */
// eslint-disable-next-line @typescript-eslint/require-await -- it makes a rejected promise of whatever was thrown
export async function rejected(error: unknown): Promise<never> {
  throw error;
}
