import { fromDocker } from './from-docker';
import { fromEmbedded } from './from-embedded';
import { fromEnvironment } from './from-environment';
import { fromLocalBinary } from './from-local-binary';
import { fromPythonPackages } from './from-python-packages';
import type { Flavour, Launcher, Say, Server, ServerSource, StartOptions } from './server';

export type { Flavour, Server, StartOptions } from './server';

/** Where servers come from, in the order of preference; the last one is always there. */
const SOURCES: readonly ServerSource[] = [fromEnvironment, fromLocalBinary, fromDocker, fromPythonPackages, fromEmbedded];

/** Sources whose servers a test may pause, kill and restart; those that start a process of ours come first. */
const OWN_SOURCES: readonly ServerSource[] = [fromLocalBinary, fromPythonPackages, fromDocker];

const sayToError: Say = (line) => void process.stderr.write(`${line}\n`);
const saySilently: Say = () => undefined;

export interface ProvideOptions {
  say?: Say;
  /** Refuse a source of which only some servers start, and add the embedded server. */
  complete?: boolean;
}

/** Starts the servers of the first source that has one that answers; a complete run adds the embedded server. Resolves to an empty list if there is none. */
export async function provideServers({ say = sayToError, complete = false }: ProvideOptions = {}): Promise<Server[]> {
  for (const source of SOURCES) {
    const servers = await startAll(await source.find(say), say);
    if (complete && servers.length > 0 && servers.length < source.serverCount) {
      await Promise.all(servers.map((server) => server.stop()));
      throw new Error(`${source.name}: ${servers.length} of ${source.serverCount} servers started`);
    }
    if (servers.length > 0)
      return complete && source !== fromEmbedded ? [...servers, ...(await startAll(await fromEmbedded.find(say), say))] : servers;
  }
  return [];
}

/** Starts a new server, even when REDIS_URL is set, because the caller may pause, kill or restart it. */
export async function startServer(options: StartOptions & { flavour?: Flavour } = {}): Promise<Server> {
  const { flavour, ...startOptions } = options;
  for (const source of OWN_SOURCES) {
    const launchers = await source.find(saySilently);
    const launcher = launchers.find((one) => flavour === undefined || one.flavour === flavour);
    if (launcher !== undefined) return launcher.start(startOptions);
  }
  const others = (await availableFlavours()).join(', ');
  throw new Error(`no ${flavour ?? 'RedisJSON'} server can be started here; there are: ${others === '' ? 'none' : others}`);
}

/** Flavours that {@link startServer} can start on this machine. */
export async function availableFlavours(): Promise<Flavour[]> {
  const found = await Promise.all(OWN_SOURCES.map((source) => source.find(saySilently)));
  return [...new Set(found.flat().map((launcher) => launcher.flavour))];
}

async function startAll(launchers: readonly Launcher[], say: Say): Promise<Server[]> {
  const servers: Server[] = [];
  for (const launcher of launchers) {
    try {
      servers.push(await launcher.start({}));
    } catch (error) {
      say(`${launcher.flavour}: passed over, it did not start: ${String(error)}`);
    }
  }
  return servers;
}
