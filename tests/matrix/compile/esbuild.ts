import { transform } from 'esbuild';
import { compileEachFile } from './per-file';
import type { Compiler } from './variant';

export const esbuild: Compiler = {
  name: 'esbuild',
  emitsMetadata: false,
  run: (job) =>
    compileEachFile(job, async (source, sourcefile) => {
      const { code } = await transform(source, {
        loader: 'ts',
        format: 'cjs',
        target: 'es2022',
        sourcefile,
        tsconfigRaw: {
          compilerOptions: {
            experimentalDecorators: job.variant.decorators === 'legacy',
            useDefineForClassFields: job.variant.defineFields,
          },
        },
      });
      return code;
    }),
};
