import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '../../..');

/** The options of the project's own tsconfig.json. */
export function projectOptions(): ts.CompilerOptions {
  const path = join(ROOT, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, ROOT).options;
}

/** Checks the types of a module that exists only in memory. Returns the complaints of the compiler, each with its line. */
export function complaintsAbout(source: string, fileName: string): string[] {
  const path = join(ROOT, 'tests/docs', fileName);
  const options = projectOptions();
  const host = ts.createCompilerHost(options);
  const withSource: ts.CompilerHost = {
    ...host,
    fileExists: (name) => name === path || host.fileExists(name),
    getSourceFile: (name, target, ...rest) =>
      name === path ? ts.createSourceFile(name, source, target, true) : host.getSourceFile(name, target, ...rest),
  };
  const program = ts.createProgram([path], options, withSource);
  const file = program.getSourceFile(path);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((one) => complaint(one, source));
}

function complaint({ start = 0, messageText }: ts.Diagnostic, source: string): string {
  const before = source.slice(0, start);
  const line = source.split('\n')[before.split('\n').length - 1] ?? '';
  const origin = /.*^\/\/ (\S+:\d+)$/ms.exec(before)?.[1] ?? '';
  return `${origin} ${line.trim()}\n  ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`;
}

export type Exports = Record<string, (...args: never[]) => Promise<void>>;

/** Compiles a module and loads it; `load` provides its imports. */
export function loadModule(source: string, load: (name: string) => unknown): Exports {
  const compilerOptions = { ...projectOptions(), module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const { outputText } = ts.transpileModule(source, { compilerOptions, fileName: join(dirname(__dirname), 'snippets.ts') });
  const exports: Exports = {};
  // Code of the documentation has to run in the realm of the test, so that its errors and arrays are of the test's classes.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the code is our own
  new Function('require', 'exports', outputText)(load, exports);
  return exports;
}
