import { transform } from 'esbuild';
import { compileEachFile } from './per-file';
import type { Compiler } from './variant';
import { runCompiled } from './workbench';

export const esbuild: Compiler = {
  name: 'esbuild',
  emitsMetadata: false,
  compile: ({ folder, variant }) =>
    compileEachFile(folder, async (source, sourcefile) => {
      const { code } = await transform(source, {
        loader: 'ts',
        format: 'cjs',
        target: 'es2022',
        sourcefile,
        tsconfigRaw: {
          compilerOptions: {
            experimentalDecorators: variant.decorators === 'legacy',
            useDefineForClassFields: variant.defineFields,
          },
        },
      });
      return code;
    }),
  run: runCompiled,
};
