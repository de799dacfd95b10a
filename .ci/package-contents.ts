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

/** What tsc makes of one source is one line, so that the list grows with the sources and not four times as fast. */
const COMPILED = ['.d.ts', '.d.ts.map', '.js', '.js.map'];

export function filesByStem(paths: readonly string[]): string[] {
  const endings = new Map<string, string[]>();
  for (const path of paths) {
    const ending = path.startsWith('dist/')
      ? [...COMPILED].sort((a, b) => b.length - a.length).find((one) => path.endsWith(one))
      : undefined;
    const stem = ending === undefined ? path : path.slice(0, -ending.length);
    endings.set(stem, [...(endings.get(stem) ?? []), ending ?? '']);
  }
  return [...endings].map(([stem, found]) => describe(stem, found)).sort();
}

function describe(stem: string, endings: readonly string[]): string {
  if (endings.length === 1) return stem + (endings[0] ?? '');
  return COMPILED.every((one) => endings.includes(one)) ? `${stem}.*` : `${stem}{${[...endings].sort().join(',')}}`;
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
