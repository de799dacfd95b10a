import ts from 'typescript';

/** The functions that a module made by {@link withExpectations} calls. */
export interface Checks {
  /** Compares a value with the one in the documentation. */
  equal(actual: unknown, expected: unknown, origin: string): void;
  /** Expects `work` to throw an error of the class that the documentation names. */
  throws(work: () => unknown, errorName: string, origin: string): Promise<void>;
}

interface Edit {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

const EXPECTATION = /\/\/ => (.+)$/;

/**
 * Turns `expression; // => value` into a check, and so `const name = …; // => value` and `statement; // => throws SomeError`.
 * Line breaks stay where they are.
 */
export function withExpectations(code: string, origin: string): string {
  const file = ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.Latest, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    const expected = expectationAfter(node, code);
    if (hasValue(node) && expected !== undefined) {
      const label = `${origin}: ${node.getText(file)}`;
      edits.push({ at: node.getStart(file), end: node.getEnd(), text: checkOf(node, expected, label) });
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  const wanted = code.split('\n').filter((line) => EXPECTATION.test(line)).length;
  if (edits.length !== wanted) throw new Error(`${origin}: ${wanted} expectations are written, ${edits.length} stand after a statement`);
  return edits.reduceRight((text, { at, end, text: check }) => text.slice(0, at) + check + text.slice(end), code);
}

function hasValue(node: ts.Node): node is ts.ExpressionStatement | ts.VariableStatement {
  return ts.isExpressionStatement(node) || ts.isVariableStatement(node);
}

function expectationAfter(node: ts.Node, code: string): string | undefined {
  const restOfLine = code.slice(node.getEnd()).split('\n', 1)[0] ?? '';
  return /^\s*\/\/ => /.test(restOfLine) ? EXPECTATION.exec(restOfLine)?.[1]?.trim() : undefined;
}

function checkOf(statement: ts.ExpressionStatement | ts.VariableStatement, expected: string, origin: string): string {
  const source = statement.getText();
  const label = JSON.stringify(origin);
  const error = /^throws (\w+)/.exec(expected)?.[1];
  if (error !== undefined) return `await checks.throws(async () => { ${source} }, '${error}', ${label});`;
  if (ts.isExpressionStatement(statement)) return `checks.equal(${statement.expression.getText()}, (${expected}), ${label});`;
  const [declaration] = statement.declarationList.declarations;
  return `${source} checks.equal(${declaration?.name.getText() ?? ''}, (${expected}), ${label});`;
}
