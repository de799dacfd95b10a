import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { fencesOf } from './snippets/fences';

const ROOT = join(__dirname, '../..');
const [oneScreen] = fencesOf(readFileSync(join(ROOT, 'README.md'), 'utf8'), 'README.md');

let user: string;

beforeAll(() => {
  user = mkdtempSync(join(tmpdir(), 'redatom-user-'));
  writeFileSync(join(user, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(user, 'main.ts'), oneScreen?.code ?? '');
  installDeclarations(join(user, 'node_modules/redatom'));
}, 120_000);

afterAll(() => {
  rmSync(user, { recursive: true, force: true });
});

/** The package as users get it, as far as types are concerned. */
function installDeclarations(folder: string): void {
  const config = join(ROOT, 'src/tsconfig.json');
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, (path) => ts.sys.readFile(path)).config,
    ts.sys,
    join(ROOT, 'src'),
  );
  ts.createProgram(fileNames, { ...options, emitDeclarationOnly: true, outDir: join(folder, 'dist') }).emit();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
}

function complaints(options: ts.CompilerOptions): string[] {
  const settings = { module: ts.ModuleKind.NodeNext, strict: true, skipLibCheck: true, noEmit: true, ...options };
  const program = ts.createProgram([join(user, 'main.ts')], settings);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

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

    expect(complaints(asInitWrites)).toEqual([]);
  }, 120_000);

  test('with legacy decorators and fields that are assigned', () => {
    const legacy = {
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      useDefineForClassFields: false,
    };

    expect(complaints({ ...legacy, types: [] })).toEqual([]);
  }, 120_000);
});
