/**
 * Packs the package as it would be published and checks it from outside: publint, arethetypeswrong, an installation in an
 * empty folder, imports from CommonJS and from ESM, and the two lists of what users get (files, exported names).
 * `npm run check:package -- --update` rewrites the lists.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { filesWithMaps, publicNames } from './package-contents';

const ROOT = resolve(__dirname, '..');
const NEEDED_NAMES = ['connect', 'Model', 'Field', 'AtomicRedisModel'];
const temporary = mkdtempSync(join(tmpdir(), 'redatom-package-'));

function step(title: string, run: () => void): void {
  console.log(`  ${title}`);
  run();
}

function execute(program: string, args: readonly string[], cwd = ROOT): string {
  try {
    return execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[program, ...args].join(' ')} failed\n${stdout ?? ''}${stderr ?? ''}`, { cause: error });
  }
}

function compareWithList(file: string, found: readonly string[]): void {
  const path = join(__dirname, file);
  if (process.argv.includes('--update')) writeFileSync(path, `${found.join('\n')}\n`);
  const listed = existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
  const added = found.filter((line) => !listed.includes(line)).map((line) => `  + ${line}`);
  const gone = listed.filter((line) => !found.includes(line)).map((line) => `  - ${line}`);
  if (added.length + gone.length === 0) return;
  const advice = 'If that is meant, run `npm run check:package -- --update` and commit the list.';
  throw new Error([`The package differs from .ci/${file}:`, ...added, ...gone, advice].join('\n'));
}

function doors(): string[] {
  const { exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
  return Object.keys(exports).filter((door) => door !== './package.json');
}

/** Imports every door from both module systems in the folder that has only the tarball installed. */
function importEverywhere(folder: string): void {
  const names = doors().map((door) => door.replace(/^\./, 'redatom'));
  const listNames = `console.log(JSON.stringify(Object.keys(door).filter((name) => !['default', 'module.exports', '__esModule'].includes(name)).sort()))`;
  for (const name of names) {
    writeFileSync(join(folder, 'in.cjs'), `const door = require('${name}'); ${listNames};`);
    writeFileSync(join(folder, 'in.mjs'), `import * as door from '${name}'; ${listNames};`);
    const [common, module] = ['in.cjs', 'in.mjs'].map((file) => execute(process.execPath, [file], folder).trim());
    if (common !== module) throw new Error(`${name} exports ${common} to CommonJS and ${module} to ESM`);
    const missing = name === 'redatom' ? NEEDED_NAMES.filter((one) => !(JSON.parse(common ?? '[]') as string[]).includes(one)) : [];
    if (missing.length > 0) throw new Error(`${name} exports no ${missing.join(', ')}`);
  }
  writeFileSync(join(folder, 'named.mjs'), `import { ${NEEDED_NAMES.join(', ')} } from 'redatom'; console.log(typeof connect);`);
  if (execute(process.execPath, ['named.mjs'], folder).trim() !== 'function') throw new Error('connect is no function in ESM');
  writeFileSync(
    join(folder, 'deep.cjs'),
    `try { require('redatom/dist/index.js'); console.log('open'); } catch (e) { console.log(e.code); }`,
  );
  const deep = execute(process.execPath, ['deep.cjs'], folder).trim();
  if (deep !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw new Error(`deep imports are not closed: ${deep}`);
}

/** A program that is bundled with everything it needs into one file, which then runs where nothing is installed. */
const PROGRAM = `
import { AtomicRedisModel, connect, Field, Model, RedisInt } from 'redatom';
import { startEmbeddedRedis } from 'redatom/testing';

@Model()
class Counter extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
}

async function main() {
  const redis = await startEmbeddedRedis();
  const db = await connect(redis.url, { models: [Counter] });
  const counter = await Counter.create({});
  await counter.withLock('count', () => counter.count.increase(2));
  const { count } = await Counter.get(counter.key);
  await Counter.deleteByKey(counter.key);
  // A minifier renames the classes by which errors of the client are told apart.
  console.log(count.value, await count.increase().catch((error) => error.code));
  await db.close();
  await redis.close();
}

void main();
`;

/** Gives a bundled ES module the `require` that CommonJS code in it needs. */
const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

function bundleEverything(folder: string): void {
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  const alone = mkdtempSync(join(tmpdir(), 'redatom-bundle-'));
  try {
    for (const [format, file, minify] of [
      ['cjs', 'program.cjs', false],
      ['esm', 'program.mjs', false],
      ['cjs', 'minified.cjs', true],
      ['esm', 'minified.mjs', true],
    ] as const) {
      const options = { bundle: true, platform: 'node', target: 'node20', absWorkingDir: folder, minify } as const;
      const banner: Record<string, string> = format === 'esm' ? { js: BANNER } : {};
      buildSync({ ...options, entryPoints: ['program.ts'], format, banner, outfile: join(alone, file), logLevel: 'error' });
      const printed = execute(process.execPath, [join(alone, file)], alone).trim();
      if (printed !== '2 KEY_NOT_FOUND') throw new Error(`the bundle ${file} printed ${printed}`);
    }
  } finally {
    rmSync(alone, { recursive: true, force: true });
  }
}

function main(): void {
  let tarball = '';
  step('build and pack', () => {
    execute('npm', ['run', 'build']);
    const packed = JSON.parse(execute('npm', ['pack', '--json', '--pack-destination', temporary])) as
      PackResult[] | Record<string, PackResult>;
    const [result] = Object.values(packed);
    if (result === undefined) throw new Error('npm pack made nothing');
    tarball = join(temporary, result.filename);
    compareWithList('package-files.txt', filesWithMaps(result.files.map(({ path }) => path)));
  });
  step('publint --strict', () => void execute('npx', ['--no-install', 'publint', 'run', tarball, '--strict']));
  step('attw', () => void execute('npx', ['--no-install', 'attw', tarball, '--no-definitely-typed']));
  step('exported names', () => compareWithList('exported-names.txt', publicNames(ROOT, doors())));
  step('installation in an empty folder, imports from CommonJS and ESM', () => {
    writeFileSync(join(temporary, 'package.json'), '{ "private": true }');
    execute('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', tarball], temporary);
    importEverywhere(temporary);
  });
  step('bundles of everything, in CommonJS and ESM, minified or not', () => bundleEverything(temporary));
}

interface PackResult {
  filename: string;
  files: { path: string }[];
}

try {
  main();
  console.log('The package is in order.');
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
