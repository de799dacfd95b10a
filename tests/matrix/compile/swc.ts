import { transform } from '@swc/core';
import { compileEachFile } from './per-file';
import type { Compiler } from './variant';
import { runCompiled } from './workbench';

export function swc(decoratorVersion: '2022-03' | '2023-11'): Compiler {
  return {
    name: `SWC (${decoratorVersion})`,
    emitsMetadata: true,
    lacks: ({ decorators }) =>
      decorators === 'legacy' && decoratorVersion === '2023-11' ? 'the version concerns standard decorators only' : undefined,
    compile: ({ folder, variant }) =>
      compileEachFile(folder, async (source, filename) => {
        const legacy = variant.decorators === 'legacy';
        const { code } = await transform(source, {
          filename,
          swcrc: false,
          module: { type: 'commonjs' },
          jsc: {
            target: 'es2022',
            parser: { syntax: 'typescript', decorators: true },
            transform: {
              legacyDecorator: legacy,
              decoratorMetadata: legacy,
              ...(legacy ? {} : { decoratorVersion }),
              useDefineForClassFields: variant.defineFields,
            },
          },
        });
        return code;
      }),
    run: runCompiled,
  };
}
