/** Applies `work` to pieces of at most `size` items, all under way at once; resolves to the results in order. */
export async function inChunks<T, R>(items: readonly T[], size: number, work: (chunk: readonly T[]) => Promise<R>): Promise<R[]> {
  const pending: Promise<R>[] = [];
  for (let start = 0; start < items.length; start += size) pending.push(work(items.slice(start, start + size)));
  return Promise.all(pending);
}
