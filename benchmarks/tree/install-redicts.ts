import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../../tests/support/servers/cache-folder';
import { runCommand } from '../../tests/support/servers/run-command';

/** redicts declares no dependencies; these are the packages that it imports. */
const PACKAGES = ['redicts==1.0.6', 'six==1.17.0', 'redis==8.1.0', 'fakeredis==2.40.0'];

/** Installs redicts. Resolves to the path of a Python that has it. */
export async function pythonWithRedicts(): Promise<string> {
  const folder = await cached('redicts', async (temporary) => {
    await runCommand('python3', ['-m', 'venv', '--copies', temporary]);
    await runCommand(join(temporary, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  });
  const python = join(folder, 'bin/python');
  if (!existsSync(python)) throw new Error(`${folder} holds no Python`);
  return python;
}
