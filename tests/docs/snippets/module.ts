import ts from 'typescript';
import { withExpectations } from './expectations';
import type { Snippet } from './snippet';

/** The imports of a snippet, and the rest of it. */
interface Parts {
  readonly imports: readonly ts.ImportDeclaration[];
  readonly body: string;
}

/** One module with a function for each group of snippets; the snippets of a group run in one scope, in order. */
export class SnippetModule {
  private readonly names = new Map<string, Set<string>>();
  private readonly functions: string[] = [];

  /** @param parameters - What the functions get besides `checks`, as the text of an object pattern with its type. */
  constructor(
    private readonly head: string,
    private readonly parameters: string,
  ) {}

  /** Adds a function; its name is `part<number>`, counted from 0. */
  add(snippets: readonly Snippet[]): void {
    const bodies = snippets.map((snippet) => {
      const { imports, body } = partsOf(withExpectations(snippet.code, snippet.origin));
      for (const declaration of imports) this.take(declaration);
      const code = snippet.notRun === undefined ? body : `if (Math.random() > 1) {\n${body}\n}`;
      return `// ${snippet.origin}\n${localServer(code)}`;
    });
    this.functions.push(
      `export async function part${this.functions.length}(checks: Checks, ${this.parameters}): Promise<void> {\n{\n${bodies.join('\n')}\n}\n}`,
    );
  }

  get source(): string {
    const imports = [...this.names].map(([module, names]) => `import { ${[...names].join(', ')} } from '${module}';`);
    return [...imports, this.head, ...this.functions, 'export {};\n'].join('\n');
  }

  private take(declaration: ts.ImportDeclaration): void {
    const module = (declaration.moduleSpecifier as ts.StringLiteral).text;
    const bindings = declaration.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) throw new Error(`import names from '${module}' with braces`);
    const names = this.names.get(module) ?? new Set<string>();
    this.names.set(module, names);
    for (const element of bindings.elements) names.add(element.getText());
  }
}

function partsOf(code: string): Parts {
  const file = ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.Latest, true);
  const imports = file.statements.filter((statement) => ts.isImportDeclaration(statement));
  const body = imports.reduceRight((text, { pos, end }) => text.slice(0, pos) + text.slice(end), code);
  return { imports, body };
}

/** Readers have a server on the usual port; a test uses its own. */
function localServer(code: string): string {
  return code.replaceAll("'redis://localhost:6379'", 'url');
}
