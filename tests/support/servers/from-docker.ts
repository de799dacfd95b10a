import type { StartedTestContainer } from 'testcontainers';
import { probeUntilReady, type Product } from './probe';
import { succeeds } from './run-command';
import type { Server, ServerSource, StartOptions } from './server';

const IMAGE = 'redis:8';
const INSIDE_PORT = 6379;

/** A container of the official image, through testcontainers. */
export const fromDocker: ServerSource = {
  name: 'docker',
  serverCount: 1,
  find: async (say) => {
    const answers = await succeeds('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 3000 });
    if (!answers) {
      say('docker: no engine answers, testcontainers passed over');
      return [];
    }
    return [{ flavour: 'redis', start: startContainer }];
  },
};

async function startContainer(options: StartOptions): Promise<Server> {
  // Loaded only here: otherwise every test file that can start a server would load it, which takes longer than most of them.
  const { GenericContainer } = require('testcontainers') as typeof import('testcontainers');
  const containerPort = options.port === undefined ? INSIDE_PORT : { container: INSIDE_PORT, host: options.port };
  const { args = [], password } = options;
  const container = await new GenericContainer(IMAGE)
    .withCommand(['redis-server', '--save', '', ...(password === undefined ? [] : ['--requirepass', password]), ...args])
    .withExposedPorts(containerPort)
    .start();
  const port = container.getMappedPort(INSIDE_PORT);
  const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  const url = `redis://${credentials}${container.getHost()}:${port}`;
  return containerServer(container, url, await probeUntilReady(url, () => true));
}

function containerServer(container: StartedTestContainer, url: string, product: Product): Server {
  const docker = (...args: string[]): Promise<boolean> => succeeds('docker', [...args, container.getId()]);
  return {
    ...product,
    flavour: 'redis',
    url,
    port: container.getMappedPort(INSIDE_PORT),
    pid: undefined,
    dir: undefined,
    stop: async () => void (await container.stop()),
    kill: async (signal) => void (await docker('kill', '--signal', signal)),
    restart: async () => {
      // Not testcontainers' own restart, after which docker may map another host port.
      await docker('kill');
      await docker('start');
      await probeUntilReady(url, () => true);
    },
  };
}
