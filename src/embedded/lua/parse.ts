import { luaFault } from '../messages';
import { ExpressionParser } from './parse-expression';
import type { Block, Expression, FunctionBody, LocalVariable, Statement } from './syntax';

/** The chunk as a function of any number of arguments. */
export function parseChunk(source: string, chunkName: string): FunctionBody {
  return new Parser(source, chunkName).chunk();
}

class Parser extends ExpressionParser {
  chunk(): FunctionBody {
    const body = this.block();
    if (this.token.kind !== 'end') throw this.fault(luaFault.expected('<eof>'));
    return { parameters: [], hasVarargs: true, body, upvalues: [], frameSize: this.scope.frameSize };
  }

  protected block(): Block {
    const mark = this.scope.enter();
    const statements = this.statements();
    this.scope.leave(mark);
    return statements;
  }

  private statements(): Statement[] {
    const statements: Statement[] = [];
    while (!this.blockEnds()) {
      const last = this.is('return') || this.is('break');
      statements.push(this.statement());
      this.accept(';');
      if (last) break;
    }
    return statements;
  }

  private blockEnds(): boolean {
    return this.token.kind === 'end' || (this.token.kind === 'symbol' && ['end', 'else', 'elseif', 'until'].includes(this.token.text));
  }

  private statement(): Statement {
    const { text, kind, line } = this.token;
    if (kind !== 'symbol') return this.assignmentOrCall();
    switch (text) {
      case 'local':
        this.advance();
        return this.accept('function') ? this.localFunction(line) : this.local();
      case 'function':
        return this.functionStatement();
      case 'if':
        return this.conditional(line);
      case 'return':
        this.advance();
        return { kind: 'return', values: this.blockEnds() || this.is(';') ? [] : this.expressions() };
      case 'break':
        this.advance();
        if (this.scope.loopDepth === 0) throw this.fault(luaFault.breakOutside);
        return { kind: 'break' };
      default:
        return this.loopOrCall(text, line);
    }
  }

  private loopOrCall(text: string, line: number): Statement {
    switch (text) {
      case 'do': {
        this.advance();
        const body = this.block();
        this.expect('end', { by: 'do', line });
        return { kind: 'do', body };
      }
      case 'while': {
        this.advance();
        const condition = this.expression();
        this.expect('do');
        return { kind: 'while', condition, body: this.loopBody('while', line) };
      }
      case 'repeat':
        return this.repeat(line);
      case 'for':
        return this.forLoop(line);
      default:
        return this.assignmentOrCall();
    }
  }

  private loopBody(opened: string, line: number): Block {
    this.scope.loopDepth += 1;
    const body = this.block();
    this.scope.loopDepth -= 1;
    this.expect('end', { by: opened, line });
    return body;
  }

  private repeat(line: number): Statement {
    this.advance();
    const mark = this.scope.enter();
    this.scope.loopDepth += 1;
    const body = this.statements();
    this.scope.loopDepth -= 1;
    this.expect('until', { by: 'repeat', line });
    const condition = this.expression();
    this.scope.leave(mark);
    return { kind: 'repeat', body, condition };
  }

  private conditional(line: number): Statement {
    const branches: { readonly condition: Expression; readonly body: Block }[] = [];
    do {
      this.advance();
      const condition = this.expression();
      this.expect('then');
      branches.push({ condition, body: this.block() });
    } while (this.is('elseif'));
    const otherwise = this.accept('else') ? this.block() : undefined;
    this.expect('end', { by: 'if', line });
    return { kind: 'if', branches, otherwise };
  }

  private forLoop(line: number): Statement {
    this.advance();
    const names = [this.name()];
    const mark = this.scope.enter();
    let statement: Statement;
    if (this.accept('=')) {
      const bounds = this.expressions();
      const [from, to, step] = bounds;
      if (from === undefined || to === undefined || bounds.length > 3) throw this.fault(luaFault.expected(bounds.length > 3 ? 'do' : ','));
      this.expect('do');
      const [variable] = this.declared(names) as [LocalVariable];
      statement = { kind: 'numeric for', variable, from, to, step, body: this.loopBody('for', line), line };
    } else {
      while (this.accept(',')) names.push(this.name());
      if (!this.is('in')) throw this.fault(luaFault.expected(names.length > 1 ? 'in' : "=' or 'in"));
      this.advance();
      const values = this.expressions();
      this.expect('do');
      statement = { kind: 'generic for', variables: this.declared(names), values, body: this.loopBody('for', line), line };
    }
    this.scope.leave(mark);
    return statement;
  }

  private declared(names: readonly string[]): LocalVariable[] {
    const variables = names.map((name) => this.scope.variable(name));
    this.scope.declare(...variables);
    return variables;
  }

  private local(): Statement {
    const names = [this.name()];
    while (this.accept(',')) names.push(this.name());
    const values = this.accept('=') ? this.expressions() : [];
    return { kind: 'local', variables: this.declared(names), values };
  }

  private localFunction(line: number): Statement {
    const [variable] = this.declared([this.name()]) as [LocalVariable];
    return { kind: 'local function', variable, body: this.functionBody(line, []) };
  }

  private functionStatement(): Statement {
    const { line } = this.advance();
    let target = this.scope.resolve(this.token.text, line);
    this.name();
    let method = false;
    while (!method && (this.is('.') || this.is(':'))) {
      method = this.advance().text === ':';
      target = { kind: 'index', object: target, key: { kind: 'constant', value: this.name() }, line };
    }
    return { kind: 'assign', targets: [target], values: [{ kind: 'function', body: this.functionBody(line, method ? ['self'] : []) }] };
  }

  private assignmentOrCall(): Statement {
    const first = this.suffixed();
    if (!this.is('=') && !this.is(',')) {
      if (first.kind !== 'call' && first.kind !== 'method') throw this.fault(luaFault.expected('='));
      return { kind: 'call', call: first };
    }
    const targets = [first];
    while (this.accept(',')) targets.push(this.suffixed());
    if (targets.some(({ kind }) => !['local', 'upvalue', 'global', 'index'].includes(kind))) throw this.fault(luaFault.unexpected);
    this.expect('=');
    return { kind: 'assign', targets, values: this.expressions() };
  }
}
