export default async function globalTeardown(): Promise<void> {
  await globalThis.redatomTestCluster?.stop();
  await Promise.all((globalThis.redatomTestServers ?? []).map((server) => server.stop()));
}
