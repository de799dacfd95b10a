import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createProgram,
  ModuleKind,
  ModuleResolutionKind,
  SymbolFlags,
  type Symbol as TypeScriptSymbol,
  type TypeChecker,
} from 'typescript';

/** One line for each file together with its source map. */
export function filesWithMaps(paths: readonly string[]): string[] {
  const all = new Set(paths);
  return paths
    .filter((path) => !(path.endsWith('.map') && all.has(path.slice(0, -'.map'.length))))
    .map((path) => (all.has(`${path}.map`) ? `${path}{,.map}` : path))
    .sort();
}

/** One line for each name of each door: `. connect`, `. Init (type)`. */
export function publicNames(root: string, doors: readonly string[]): string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, { types: string }> };
  const entries = doors.map((door) => [door, join(root, exports[door]?.types ?? '')] as const);
  const program = createProgram(
    entries.map(([, file]) => file),
    { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16, skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  return entries.flatMap(([door, file]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => `${door} ${symbol.name}${isValue(checker, symbol) ? '' : ' (type)'}`)
      .sort();
  });
}

function isValue(checker: TypeChecker, symbol: TypeScriptSymbol): boolean {
  const target = symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target.flags & SymbolFlags.Value) !== 0;
}
