import type { Machine } from './machine';
import type { Cell, Evaluate, EvaluateAll, Frame } from './frame';
import { arith, ARITHMETIC, compareOperator, concat, lengthOf, toNumber, type Spelling } from './operations';
import type { Block, Expression, FunctionBody } from './syntax';
import { isTrue, LuaFunction, LuaTable, typeName, type LuaValue } from './value';
import { luaFault } from '../messages';

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

/** Turns expressions into functions over a frame. */
export abstract class ExpressionCompiler {
  constructor(protected readonly machine: Machine) {}

  abstract blockOf(block: Block): (frame: Frame) => LuaValue[] | undefined;

  one(expression: Expression): Evaluate {
    switch (expression.kind) {
      case 'constant': {
        const { value } = expression;
        return () => value;
      }
      case 'varargs':
        return ({ varargs }) => varargs[0];
      case 'local': {
        const { slot, captured } = expression.variable;
        return captured ? ({ cells }) => (cells[slot] as Cell).value : ({ slots }) => slots[slot];
      }
      case 'upvalue': {
        const { index } = expression;
        return ({ upvalues }) => (upvalues[index] as Cell).value;
      }
      case 'global':
        return this.global(expression);
      case 'index':
        return this.index(expression);
      case 'call':
      case 'method': {
        const call = this.all(expression);
        return (frame) => call(frame)[0];
      }
      case 'parentheses':
        return this.one(expression.inner);
      case 'function':
        return this.closure(expression.body);
      default:
        return this.operation(expression);
    }
  }

  /** All values of an expression that can have several. */
  all(expression: Expression): EvaluateAll {
    if (expression.kind === 'varargs') return ({ varargs }) => [...varargs];
    if (expression.kind === 'call') return this.call(expression);
    if (expression.kind === 'method') return this.method(expression);
    const one = this.one(expression);
    return (frame) => [one(frame)];
  }

  /** The values of a list, whose last expression may have several. */
  list(expressions: readonly Expression[]): EvaluateAll {
    const last = expressions[expressions.length - 1];
    if (last === undefined) return () => [];
    const expands = last.kind === 'varargs' || last.kind === 'call' || last.kind === 'method';
    const singles = (expands ? expressions.slice(0, -1) : expressions).map((expression) => this.one(expression));
    const [first] = singles;
    if (!expands)
      return singles.length === 1 && first !== undefined ? (frame) => [first(frame)] : (frame) => singles.map((single) => single(frame));
    const rest = this.all(last);
    return singles.length === 0 ? rest : (frame) => [...singles.map((single) => single(frame)), ...rest(frame)];
  }

  closure({ parameters, hasVarargs, body, upvalues, frameSize }: FunctionBody): (frame: Frame) => LuaFunction {
    const run = this.blockOf(body);
    const { machine } = this;
    return (outer) => {
      const captured = upvalues.map(({ fromFrame, index }) => (fromFrame ? outer.cells[index] : outer.upvalues[index]) as Cell);
      return new LuaFunction((args) => {
        const frame: Frame = {
          slots: new Array<LuaValue>(frameSize),
          cells: [],
          upvalues: captured,
          varargs: hasVarargs ? args.slice(parameters.length) : [],
        };
        for (let index = 0; index < parameters.length; index += 1) {
          const parameter = parameters[index] as (typeof parameters)[number];
          if (parameter.captured) frame.cells[parameter.slot] = { value: args[index] };
          else frame.slots[parameter.slot] = args[index];
        }
        machine.enter();
        const values = run(frame) ?? [];
        machine.leave();
        return values;
      });
    };
  }

  private global({ name, line }: Of<'global'>): Evaluate {
    const { machine } = this;
    return () => {
      const value = machine.globals.get(name);
      if (value !== undefined) return value;
      machine.line = line;
      return machine.index(machine.globals, name);
    };
  }

  private index({ object, key, line }: Of<'index'>): Evaluate {
    const { machine } = this;
    const [container, place, what] = [this.one(object), this.one(key), spell(object)];
    return (frame) => {
      const table = container(frame);
      const at = place(frame);
      if (table instanceof LuaTable && table.metatable === undefined) return table.get(at);
      machine.line = line;
      return machine.index(table, at, what);
    };
  }

  private call({ callee, args, line }: Of<'call'>): EvaluateAll {
    const { machine } = this;
    const [target, values, what] = [this.one(callee), this.list(args), spell(callee)];
    return (frame) => {
      const called = target(frame);
      const given = values(frame);
      machine.line = line;
      return called instanceof LuaFunction ? called.call(given) : machine.call(called, given, what);
    };
  }

  private method({ object, name, args, line }: Of<'method'>): EvaluateAll {
    const { machine } = this;
    const [container, values, what] = [this.one(object), this.list(args), spell(object)];
    return (frame) => {
      const self = container(frame);
      machine.line = line;
      const called = machine.index(self, name, what);
      const given = values(frame);
      machine.line = line;
      return machine.call(called, [self, ...given], `method '${name}'`);
    };
  }

  private operation(expression: Of<'binary' | 'logical' | 'unary' | 'table'>): Evaluate {
    switch (expression.kind) {
      case 'binary':
        return this.binary(expression);
      case 'unary':
        return this.unary(expression);
      case 'table':
        return this.table(expression);
      case 'logical': {
        const [left, right] = [this.one(expression.left), this.one(expression.right)];
        const stopsAt = expression.operator === 'or';
        return (frame) => {
          const value = left(frame);
          return isTrue(value) === stopsAt ? value : right(frame);
        };
      }
    }
  }

  private binary({ operator, left, right, line }: Of<'binary'>): Evaluate {
    const { machine } = this;
    const [first, second] = [this.one(left), this.one(right)];
    const spelling: Spelling = { left: spell(left), right: spell(right) };
    const quick = ARITHMETIC[operator];
    if (quick !== undefined) {
      return (frame) => {
        const [a, b] = [first(frame), second(frame)];
        if (typeof a === 'number' && typeof b === 'number') return quick(a, b);
        machine.line = line;
        return arith(machine, operator, { left: a, right: b, spelling });
      };
    }
    return (frame) => {
      const [a, b] = [first(frame), second(frame)];
      machine.line = line;
      return operator === '..' ? concat(machine, [a, b], spelling) : compareOperator(machine, operator, [a, b]);
    };
  }

  private unary({ operator, operand, line }: Of<'unary'>): Evaluate {
    const { machine } = this;
    const [value, what] = [this.one(operand), spell(operand)];
    if (operator === 'not') return (frame) => !isTrue(value(frame));
    return (frame) => {
      const given = value(frame);
      machine.line = line;
      if (operator === '#') return lengthOf(machine, given, what);
      const number = toNumber(given);
      if (number !== undefined) return -number;
      const handler = machine.metamethod(given, '__unm');
      if (handler instanceof LuaFunction) return handler.call([given, given])[0];
      throw machine.fault(luaFault.operation('perform arithmetic on', what, typeName(given)));
    };
  }

  private table({ items, line }: Of<'table'>): Evaluate {
    const { machine } = this;
    const members = items.flatMap((item) => (item.kind === 'member' ? [{ key: this.one(item.key), value: this.one(item.value) }] : []));
    const values = this.list(items.flatMap((item) => (item.kind === 'item' ? [item.value] : [])));
    return (frame) => {
      const table = new LuaTable();
      machine.line = line;
      for (const { key, value } of members) machine.rawAssign(table, key(frame), value(frame));
      table.fill(values(frame));
      return table;
    };
  }
}

/** How messages name an expression. */
export function spell(expression: Expression): string {
  switch (expression.kind) {
    case 'local':
      return `local '${expression.variable.name}'`;
    case 'upvalue':
      return `upvalue '${expression.name}'`;
    case 'global':
      return `global '${expression.name}'`;
    case 'index':
      return expression.key.kind === 'constant' && typeof expression.key.value === 'string'
        ? `field '${expression.key.value}'`
        : "field '?'";
    default:
      return '';
  }
}
