import { join } from 'node:path';
import type { Compiler } from './variant';
import { repository, runWith } from './workbench';

/** Compiles with esbuild while it runs, by the `tsconfig.json` of the folder. */
export const tsx: Compiler = {
  name: 'tsx',
  emitsMetadata: false,
  run: ({ folder, entry, env }) => runWith(env, [join(repository, 'node_modules/tsx/dist/cli.mjs'), `${entry}.ts`], folder),
};
