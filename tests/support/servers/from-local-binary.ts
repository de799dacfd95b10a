import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { runCommand } from './run-command';
import { startProcess, type Executable } from './server-process';
import type { ServerSource } from './server';

const FIRST_REDIS_WITH_JSON = 8;

/** A Redis Stack or a Redis 8 that is installed on this machine. */
export const fromLocalBinary: ServerSource = {
  name: 'local binary',
  serverCount: 1,
  find: async (say) => {
    const executable = localStack() ?? (await localRedis());
    if (executable === undefined) {
      say(`local binary: no redis-stack-server and no redis-server >= ${FIRST_REDIS_WITH_JSON} in PATH`);
      return [];
    }
    return [{ flavour: executable.flavour, start: (options) => startProcess(executable, options) }];
  },
};

function localStack(): Executable | undefined {
  const script = inPath('redis-stack-server');
  if (script === undefined) return undefined;
  // The script starts the redis-server beside it with its modules. Starting that directly makes the process id the server's.
  const binary = join(dirname(script), 'redis-server');
  const modules = modulesIn(resolve(dirname(script), '../lib'));
  return existsSync(binary) && modules.length > 0 ? { flavour: 'redis-stack', binary, modules } : undefined;
}

async function localRedis(): Promise<Executable | undefined> {
  const binary = inPath('redis-server');
  if (binary === undefined) return undefined;
  const version = /v=(\d+)/.exec(await runCommand(binary, ['--version']))?.[1];
  if (Number(version) < FIRST_REDIS_WITH_JSON) return undefined;
  return { flavour: 'redis', binary, modules: modulesIn(resolve(dirname(binary), '../lib/redis/modules')) };
}

function modulesIn(folder: string): string[] {
  return ['rejson.so', 'redisearch.so'].map((file) => join(folder, file)).filter((file) => existsSync(file));
}

function inPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, program)).find((file) => existsSync(file));
  return found === undefined ? undefined : realpathSync(found);
}
