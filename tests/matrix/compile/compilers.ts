import { babel } from './babel';
import { esbuild } from './esbuild';
import { swc } from './swc';
import { tsc } from './tsc';
import { tsx } from './tsx';
import type { Compiler } from './variant';
import { vitest } from './vitest';

/** The TypeScript versions that users have, by the folders of their packages. */
export const TYPESCRIPTS = {
  '5.9': 'tests/matrix/compilers/typescript-5.9/node_modules/typescript',
  '6.0': 'node_modules/typescript',
  '7.0': 'tests/matrix/compilers/typescript-7/node_modules/typescript',
};

export const COMPILERS: readonly Compiler[] = [
  ...Object.entries(TYPESCRIPTS).map(([version, packageFolder]) => tsc(version, packageFolder)),
  swc('2022-03'),
  swc('2023-11'),
  esbuild,
  tsx,
  babel,
  vitest,
];
