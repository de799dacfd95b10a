import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import { createSourceFile, isJSDoc, preProcessFile, ScriptTarget, type Node } from 'typescript';

/** Text of each source file by its path below `src/`, with forward slashes. */
export type SourceFiles = ReadonlyMap<string, string>;

export interface Import {
  readonly from: string;
  /** A path below `src/`, or the name of a foreign module. */
  readonly to: string;
  readonly isForeign: boolean;
}

export function readSourceFiles(folder: string): SourceFiles {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.d)\.ts$/.test(name));
  const paths = names.map((name) => join(folder, name));
  return new Map(paths.map((path) => [relative(folder, path).split(sep).join('/'), readFileSync(path, 'utf8')]));
}

/** All imports of all files: type imports, re-exports, `import()` and `require()` too. */
export function importsOf(files: SourceFiles): Import[] {
  return [...files].flatMap(([from, text]) =>
    preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
      const isForeign = !fileName.startsWith('.');
      return { from, to: isForeign ? fileName : resolveImport(files, from, fileName), isForeign };
    }),
  );
}

function resolveImport(files: SourceFiles, from: string, specifier: string): string {
  const target = posix.join(posix.dirname(from), specifier);
  const candidates = [target, `${target}.ts`, target.replace(/\.js$/, '.ts'), posix.join(target, 'index.ts')];
  return candidates.find((candidate) => files.has(candidate)) ?? target;
}

/** Lines that hold code; blank lines and comments do not count. */
export function countCodeLines(text: string): number {
  const file = createSourceFile('counted.ts', text, ScriptTarget.Latest, true);
  const lines = new Set<number>();
  const lineAt = (offset: number): number => file.getLineAndCharacterOfPosition(offset).line;
  const visit = (node: Node): void => {
    if (isJSDoc(node)) return;
    const children = node.getChildren(file);
    children.forEach(visit);
    if (children.length > 0 || node.getStart(file) === node.getEnd()) return;
    for (let line = lineAt(node.getStart(file)); line <= lineAt(node.getEnd() - 1); line++) lines.add(line);
  };
  visit(file);
  return lines.size;
}
