import { join } from 'node:path';
import type { Compiler } from './variant';
import { repository, runCompiled, runWith } from './workbench';

/** TypeScript's own compiler, which also checks the types. */
export function tsc(version: string, packageFolder: string): Compiler {
  const program = join(repository, packageFolder, 'bin/tsc');
  return {
    name: `tsc ${version}`,
    emitsMetadata: true,
    compile: async ({ folder }) => void (await runWith({}, [program, '-p', folder], folder)),
    run: runCompiled,
  };
}
