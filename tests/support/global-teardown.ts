export default async function globalTeardown(): Promise<void> {
  const started = [...(globalThis.redatomTestClusters ?? []), ...(globalThis.redatomTestServers ?? [])];
  await Promise.all(started.map((each) => each.stop()));
}
