import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Compiles each TypeScript file of a folder by itself to CommonJS. */
export async function compileEachFile(folder: string, compile: (source: string, file: string) => Promise<string>): Promise<void> {
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.ts'))) {
    const path = join(folder, file);
    await writeFile(path.replace(/\.ts$/, '.js'), await compile(await readFile(path, 'utf8'), path));
  }
}
