export default async function globalTeardown(): Promise<void> {
  await Promise.all((globalThis.redatomTestServers ?? []).map((server) => server.stop()));
}
