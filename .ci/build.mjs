// Builds the package into `dist`, or into the folder that is named: `node .ci/build.mjs [folder]`.
//
// tsc writes the declarations, one file for each source. The code is bundled into one file for each door and a few that doors share: a program starts
// sooner with ten files than with a hundred, and all doors have the same classes.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const target = resolve(process.argv[2] ?? join(root, 'dist'));
const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** The files in `dist` that package.json lets users load, by name, with the source of each. */
const doors = Object.fromEntries(
  [...Object.values(exports).map((door) => door.default), ...Object.values(bin)]
    .filter((file) => file !== undefined)
    .map((file) => file.replace(/^\.\/dist\/(.*)\.js$/, '$1'))
    .map((name) => [name, join(root, 'src', `${name}.ts`)]),
);

rmSync(target, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'src'), '--outDir', target], {
  stdio: 'inherit',
});
await build({
  root,
  configFile: false,
  publicDir: false,
  logLevel: 'warn',
  build: {
    ssr: true,
    target: 'node20',
    outDir: target,
    emptyOutDir: false,
    minify: false,
    sourcemap: true,
    rollupOptions: {
      input: doors,
      output: {
        format: 'cjs',
        exports: 'named',
        esModule: true,
        entryFileNames: '[name].js',
        chunkFileNames: 'shared/[name].js',
        // The package has the sources themselves.
        sourcemapExcludeSources: true,
      },
    },
  },
});
