import { transformAsync } from '@babel/core';
import { compileEachFile } from './per-file';
import type { Compiler } from './variant';
import { repository, runCompiled } from './workbench';

export const babel: Compiler = {
  name: 'Babel',
  emitsMetadata: false,
  compile: ({ folder, variant: { decorators, defineFields } }) =>
    compileEachFile(folder, async (source, filename) => {
      const result = await transformAsync(source, {
        filename,
        cwd: repository,
        babelrc: false,
        configFile: false,
        assumptions: { setPublicClassFields: !defineFields },
        presets: [['@babel/preset-typescript', { allowDeclareFields: true }]],
        plugins: [
          ['@babel/plugin-proposal-decorators', decorators === 'legacy' ? { version: 'legacy' } : { version: '2023-11' }],
          '@babel/plugin-transform-class-properties',
          '@babel/plugin-transform-class-static-block',
          '@babel/plugin-transform-modules-commonjs',
        ],
      });
      return result?.code ?? '';
    }),
  run: runCompiled,
};
