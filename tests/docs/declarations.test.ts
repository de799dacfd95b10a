import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { fencesOf } from './snippets/fences';
import { UserFolder } from './user/folder';

const [oneScreen] = fencesOf(readFileSync(join(__dirname, '../../README.md'), 'utf8'), 'README.md');

let user: UserFolder;
beforeAll(() => {
  user = new UserFolder(oneScreen?.code ?? '');
}, 120_000);
afterAll(() => user.remove());

describe('the one-screen example compiles against the declarations of the package', () => {
  test('with what `tsc --init` writes: no types of Node, every strictness, standard decorators', () => {
    const asInitWrites = {
      target: ts.ScriptTarget.ESNext,
      types: [],
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      verbatimModuleSyntax: true,
      isolatedModules: true,
    };

    expect(user.complaints(asInitWrites)).toEqual([]);
  }, 120_000);

  test('with legacy decorators and fields that are assigned', () => {
    const legacy = {
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    };

    expect(user.complaints({ ...legacy, types: [] })).toEqual([]);
  }, 120_000);
});
