/** Starts a verb: what it throws before anything is sent, its promise rejects with. Cheaper than an async function around one promise. */
export function verb<R>(start: () => Promise<R>): Promise<R> {
  try {
    return start();
  } catch (error) {
    return Promise.reject(error);
  }
}
