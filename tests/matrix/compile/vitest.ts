import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Compiler } from './variant';
import { repository, runWith } from './workbench';

/** Runs the entry as a test file; Vite's esbuild compiles it by the `tsconfig.json` of the folder. */
export const vitest: Compiler = {
  name: 'Vitest',
  emitsMetadata: false,
  run: async ({ folder, entry, env }) => {
    const vitestFolder = join(repository, 'node_modules/vitest');
    const output = join(folder, 'printed.txt');
    const test = [
      `import { test } from ${JSON.stringify(join(vitestFolder, 'dist/index.js'))};`,
      "import { writeFileSync } from 'node:fs';",
      `import { result } from './${entry}';`,
      `test('it runs', async () => writeFileSync(${JSON.stringify(output)}, await result), 60_000);`,
    ];
    await writeFile(join(folder, 'run.test.ts'), test.join('\n'));
    await runWith(env, [join(vitestFolder, 'vitest.mjs'), 'run', '--root', folder], folder);
    return readFile(output, 'utf8');
  },
};
