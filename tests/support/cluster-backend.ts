import { createCluster } from 'redis';
import { Backend, type ClientOptions } from './backend';
import { watchCommands, type SeenCommand } from './monitor';

type RawCluster = ReturnType<typeof openCluster>;

/** A cluster, seen from one test file. It has only one database, so each jest worker has its own cluster. */
export class ClusterBackend extends Backend {
  override readonly isCluster = true;
  private cluster: Promise<RawCluster> | undefined;

  constructor(
    name: string,
    readonly urls: readonly string[],
  ) {
    super(name, urls[0] as string);
  }

  override target(): Promise<RawCluster> {
    return this.rawCluster();
  }

  /** A plain cluster client of node-redis, closed after the file. */
  rawCluster(): Promise<RawCluster> {
    return (this.cluster ??= openCluster(this.urls).connect());
  }

  override readyClient(): Promise<RawCluster> {
    return this.rawCluster();
  }

  override newClient(options: ClientOptions = {}): Promise<RawCluster> {
    return openCluster(this.urls, options).connect();
  }

  override async flush(): Promise<void> {
    const cluster = await this.rawCluster();
    await Promise.all(cluster.masters.map(async (node) => (await cluster.nodeClient(node)).sendCommand(['FLUSHDB'])));
  }

  override async send<Reply = unknown>(...args: string[]): Promise<Reply> {
    const cluster = await this.rawCluster();
    const [name = '', first] = args;
    const combine = OF_EVERY_PRIMARY[name];
    if (combine === undefined) return cluster.sendCommand(name === 'EVAL' ? args[3] : first, false, args);
    const replies = cluster.masters.map(async (node) => (await cluster.nodeClient(node)).sendCommand<unknown>(args));
    return combine(await Promise.all(replies)) as Reply;
  }

  /** The commands of each server in order, one server after the other. */
  override async commandsRun(action: () => Promise<unknown>): Promise<SeenCommand[]> {
    const cluster = await this.rawCluster();
    const watches = await Promise.all(
      cluster.masters.map(async (node) => watchCommands(`redis://${node.address}`, await cluster.nodeClient(node))),
    );
    const end = async (): Promise<SeenCommand[]> => (await Promise.all(watches.map((watch) => watch.end()))).flat();
    await action().finally(end);
    return end();
  }

  override async close(): Promise<void> {
    await super.close();
    (await this.cluster)?.destroy();
    this.cluster = undefined;
  }
}

/** Commands that each primary answers for itself, and how to combine the replies. */
const OF_EVERY_PRIMARY: Readonly<Record<string, (replies: unknown[]) => unknown>> = {
  KEYS: (replies) => replies.flat(),
  SCRIPT: (replies) => replies[0],
  DBSIZE: (replies) => replies.reduce<number>((sum, reply) => sum + Number(reply), 0),
};

function openCluster(urls: readonly string[], options: ClientOptions = {}) {
  const cluster = createCluster({ rootNodes: urls.map((url) => ({ url })), ...options });
  cluster.on('error', () => undefined);
  return cluster;
}
