import { createCluster } from 'redis';
import { TcpProxy } from '../../support/tcp-proxy';

export type ProxiedCluster = Awaited<ReturnType<typeof connectThroughProxies>>;

/** A client of a cluster that reaches each of its primaries through a proxy. */
export async function connectThroughProxies(urls: readonly string[]) {
  const proxies = await Promise.all(urls.map((url) => TcpProxy.start(url)));
  const nodeAddressMap = Object.fromEntries(urls.map((url, server) => [new URL(url).host, addressOf(proxies[server] as TcpProxy)]));
  const client = createCluster({ rootNodes: proxies.map(({ url }) => ({ url })), nodeAddressMap });
  client.on('error', () => undefined);
  await client.connect();
  return {
    client,
    proxies,
    close: async () => {
      client.destroy();
      await Promise.all(proxies.map((proxy) => proxy.close()));
    },
  };
}

function addressOf({ url }: TcpProxy): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}
