import { join, relative } from 'node:path';
import ts from 'typescript';
import { projectOptions } from '../snippets/compile';

const ROOT = join(__dirname, '../../..');
const SOURCES = join(ROOT, 'src');

/** Something that users can name: an exported symbol, or a member of one. */
export interface PublicName {
  /** Such as `RedisList.aappend`. */
  readonly name: string;
  readonly kind: 'export' | 'method' | 'accessor' | 'property';
  /** File and line of its first declaration. */
  readonly origin: string;
  /** Text of the doc comments of all its declarations; empty when there is none. */
  readonly doc: string;
  /** Line on which the doc comment begins. */
  readonly docLine: number;
}

/** Everything that an entry of the package exports, with the members that are declared in `src`. */
export function publicSurface(entry: string): PublicName[] {
  const path = join(SOURCES, entry);
  const program = ts.createProgram([path], projectOptions());
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} exports nothing`);
  const names = checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    return [
      describe(exported.name, symbol, 'export'),
      ...membersOf(symbol, checker).flatMap((member) => describeMember(exported.name, member)),
    ];
  });
  return [...new Map(names.map((one) => [one.origin, one])).values()];
}

function membersOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const instance = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface) ? checker.getDeclaredTypeOfSymbol(symbol) : undefined;
  const constructor = symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Variable) ? checker.getTypeOfSymbol(symbol) : undefined;
  // A class may be exported under another name, as a constant.
  const made = symbol.flags & ts.SymbolFlags.Variable ? constructor?.getConstructSignatures()[0]?.getReturnType() : undefined;
  return [instance, constructor, made].flatMap((type) => (type === undefined ? [] : checker.getPropertiesOfType(type)));
}

function describeMember(owner: string, member: ts.Symbol): PublicName[] {
  const declarations = (member.declarations ?? []).filter(isOurs);
  const [first] = declarations;
  if (first === undefined || !declarations.every(isPublic)) return [];
  return [describe(`${owner}.${member.name}`, member, kindOf(first))];
}

function kindOf(declaration: ts.Declaration): PublicName['kind'] {
  if (ts.isMethodDeclaration(declaration) || ts.isMethodSignature(declaration)) return 'method';
  return ts.isAccessor(declaration) ? 'accessor' : 'property';
}

function isOurs(declaration: ts.Declaration): boolean {
  return declaration.getSourceFile().fileName.startsWith(SOURCES);
}

/** Members with a symbol as name are used by the language, not by users. */
function isPublic(declaration: ts.Declaration): boolean {
  const name = ts.getNameOfDeclaration(declaration);
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isInternal = docOf(declaration).includes('@internal');
  return name !== undefined && ts.isIdentifier(name) && (ts.getCombinedModifierFlags(declaration) & hidden) === 0 && !isInternal;
}

function describe(name: string, symbol: ts.Symbol, kind: PublicName['kind']): PublicName {
  const declarations = (symbol.declarations ?? []).filter(isOurs);
  const documented = declarations.find((declaration) => docOf(declaration) !== '') ?? declarations[0];
  if (documented === undefined) throw new Error(`${name} is not declared in src`);
  const file = documented.getSourceFile();
  const line = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1;
  return {
    name,
    kind,
    origin: `${relative(ROOT, file.fileName)}:${line(documented.getStart())}`,
    doc: declarations.map(docOf).join('\n'),
    docLine: line(ts.getJSDocCommentsAndTags(documented)[0]?.pos ?? documented.getStart()),
  };
}

function docOf(declaration: ts.Declaration): string {
  return ts
    .getJSDocCommentsAndTags(declaration)
    .filter((part) => ts.isJSDoc(part))
    .map((part) => part.getText())
    .join('\n');
}
