import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from './variant';
import { runWith } from './workbench';

/** Compiles each file by itself to CommonJS, and runs one. */
export async function compileEachFile(
  { folder, entry, env }: Job,
  compile: (source: string, file: string) => Promise<string>,
): Promise<string> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts'))) {
    const path = join(folder, file);
    await writeFile(path.replace(/\.ts$/, '.js'), await compile(await readFile(path, 'utf8'), path));
  }
  return runWith(env, [join(folder, `${entry}.js`)], folder);
}
