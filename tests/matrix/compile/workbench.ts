import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Run, Variant } from './variant';

export const repository = join(__dirname, '../../..');

/** The packages that the library and its declarations need. */
const DEPENDENCIES = ['class-transformer', 'redis', 'reflect-metadata', 'uuid', 'expect-type', '@redis', '@types'];

/** A temporary folder in which redatom is installed as built, so that only models and their users are compiled. */
export class Workbench {
  private jobs = 0;

  private constructor(readonly root: string) {}

  static async open(): Promise<Workbench> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'redatom-matrix-')));
    const library = join(root, 'node_modules', 'redatom');
    await mkdir(library, { recursive: true });
    await cp(join(repository, 'package.json'), join(library, 'package.json'));
    for (const name of DEPENDENCIES) await symlink(join(repository, 'node_modules', name), join(root, 'node_modules', name));
    await runWith({}, [join(repository, '.ci/build.mjs'), join(library, 'dist')], repository);
    return new Workbench(root);
  }

  /** A folder with the sources of `tests/matrix/subject`, set up for one variant. */
  folderFor(variant: Variant, files: readonly string[]): Promise<string> {
    return this.folderWith(join(__dirname, '../subject'), variant, { files });
  }

  /** A folder with a copy of other sources, all of them compiled unless `files` names some. */
  async folderWith(
    sources: string,
    variant: Variant,
    { files, ...checks }: { files?: readonly string[]; skipLibCheck?: boolean; exactOptionalPropertyTypes?: boolean },
  ): Promise<string> {
    const folder = join(this.root, `job-${(this.jobs += 1)}`);
    await cp(sources, folder, { recursive: true });
    const compilerOptions = { ...optionsOf(variant), skipLibCheck: true, ...checks };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    return folder;
  }

  close(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}

/** Compiler options that every supported TypeScript knows. */
function optionsOf({ decorators, defineFields }: Variant): object {
  return {
    target: 'es2022',
    lib: ['es2023', 'es2024.string', 'esnext.disposable', 'esnext.decorators'],
    module: 'node16',
    moduleResolution: 'node16',
    types: ['node'],
    strict: true,
    noImplicitOverride: true,
    noUncheckedIndexedAccess: true,
    experimentalDecorators: decorators === 'legacy',
    emitDecoratorMetadata: decorators === 'legacy',
    useDefineForClassFields: defineFields,
  };
}

const execute = promisify(execFile);

/** Runs a file that was compiled to JavaScript beside its source. */
export function runCompiled({ folder, entry, env }: Run): Promise<string> {
  return runWith(env, [join(folder, `${entry}.js`)], folder);
}

/** Runs a script with additional environment variables. Resolves to what it printed; an error includes that as well. */
export async function runWith(env: Readonly<Record<string, string>>, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await execute(process.execPath, [...args], { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 24 });
    return stdout;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${(error as { stdout?: string }).stdout}`, { cause: error });
  }
}
