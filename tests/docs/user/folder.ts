import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../..');

/** The options with which a user's program is compiled, besides those that a test asks for. */
export const SETTINGS: ts.CompilerOptions = { module: ts.ModuleKind.NodeNext, strict: true, skipLibCheck: true, noEmit: true };

/** The folder of a user who has installed the package, as far as types are concerned. */
export class UserFolder {
  private readonly path = mkdtempSync(join(tmpdir(), 'redatom-user-'));
  /** The program in it. */
  readonly main = join(this.path, 'main.ts');

  constructor(program: string) {
    writeFileSync(join(this.path, 'package.json'), JSON.stringify({ type: 'module' }));
    this.write(program);
    installDeclarations(join(this.path, 'node_modules/redatom'));
  }

  /** Replaces the program. */
  write(program: string): void {
    writeFileSync(this.main, program);
  }

  /** The compiler's complaints about the program. */
  complaints(options: ts.CompilerOptions): string[] {
    const program = ts.createProgram([this.main], { ...SETTINGS, ...options });
    return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  /** How many types the compiler makes to check the program. */
  typesMade(): number {
    const program = ts.createProgram([this.main], { ...SETTINGS, target: ts.ScriptTarget.ES2022, types: [] });
    program.getSemanticDiagnostics();
    return program.getTypeCount();
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

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
