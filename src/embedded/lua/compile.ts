import { luaFault } from '../messages';
import { ExpressionCompiler, spell } from './compile-expression';
import { LEAVE_LOOP, type Cell, type Execute, type Frame, type Signal } from './frame';
import type { Machine } from './machine';
import { toNumber } from './operations';
import { parseChunk } from './parse';
import type { Block, Expression, LocalVariable, Statement } from './syntax';
import { isTrue, type LuaFunction, type LuaValue } from './value';

/** The chunk as a function; throws `LuaSyntaxError`. */
export function compileChunk(machine: Machine, source: string, chunkName = machine.chunkName): LuaFunction {
  const body = parseChunk(source, chunkName);
  return new StatementCompiler(machine).closure(body)({ slots: [], cells: [], upvalues: [], varargs: [] });
}

type Of<K extends Statement['kind']> = Extract<Statement, { kind: K }>;
type Store = (frame: Frame, value: LuaValue) => void;

class StatementCompiler extends ExpressionCompiler {
  override blockOf(block: Block): (frame: Frame) => LuaValue[] | undefined {
    const run = this.sequence(block);
    return (frame) => {
      const signal = run(frame);
      return signal === LEAVE_LOOP ? undefined : signal;
    };
  }

  private sequence(block: Block): Execute {
    const statements = block.map((statement) => this.statement(statement));
    return (frame) => {
      for (const execute of statements) {
        const signal = execute(frame);
        if (signal !== undefined) return signal;
      }
      return undefined;
    };
  }

  private statement(statement: Statement): Execute {
    switch (statement.kind) {
      case 'local':
        return this.local(statement);
      case 'local function': {
        const { variable } = statement;
        const [declare, create] = [declaration(variable), this.closure(statement.body)];
        return (frame) => {
          declare(frame, undefined);
          assignLocal(variable)(frame, create(frame));
          return undefined;
        };
      }
      case 'assign':
        return this.assign(statement);
      case 'call': {
        const call = this.all(statement.call);
        return (frame) => void call(frame);
      }
      case 'do':
        return this.sequence(statement.body);
      case 'if':
        return this.conditional(statement);
      case 'return': {
        const values = this.list(statement.values);
        return (frame) => values(frame);
      }
      case 'break':
        return () => LEAVE_LOOP;
      default:
        return this.loop(statement);
    }
  }

  private local({ variables, values }: Of<'local'>): Execute {
    const list = this.list(values);
    const stores = variables.map(declaration);
    const [first] = stores;
    if (stores.length === 1 && values.length === 1 && first !== undefined) {
      const value = this.one(values[0] as Expression);
      return (frame) => first(frame, value(frame)) as undefined;
    }
    return (frame) => {
      const given = list(frame);
      stores.forEach((store, index) => store(frame, given[index]));
      return undefined;
    };
  }

  private assign({ targets, values }: Of<'assign'>): Execute {
    if (targets.length === 1 && values.length === 1) {
      const [store, value] = [this.target(targets[0] as Expression), this.one(values[0] as Expression)];
      return (frame) => store(frame)(value(frame)) as undefined;
    }
    const [stores, list] = [targets.map((target) => this.target(target)), this.list(values)];
    return (frame) => {
      const places = stores.map((store) => store(frame));
      const given = list(frame);
      places.forEach((place, index) => place(given[index]));
      return undefined;
    };
  }

  /** Evaluates where to store, and returns the function that stores there. */
  private target(target: Expression): (frame: Frame) => (value: LuaValue) => void {
    const { machine } = this;
    if (target.kind === 'local') {
      const store = assignLocal(target.variable);
      return (frame) => (value) => store(frame, value);
    }
    if (target.kind === 'upvalue') {
      const { index } = target;
      return ({ upvalues }) =>
        (value) =>
          void ((upvalues[index] as Cell).value = value);
    }
    if (target.kind === 'global') {
      const { name, line } = target;
      return () => (value) => {
        machine.line = line;
        machine.assign(machine.globals, name, { value });
      };
    }
    const { object, key, line } = target as Extract<Expression, { kind: 'index' }>;
    const [container, place, what] = [this.one(object), this.one(key), spell(object)];
    return (frame) => {
      const [table, at] = [container(frame), place(frame)];
      return (value) => {
        machine.line = line;
        machine.assign(table, at, { value, what });
      };
    };
  }

  private conditional({ branches, otherwise }: Of<'if'>): Execute {
    const compiled = branches.map(({ condition, body }) => ({ condition: this.one(condition), body: this.sequence(body) }));
    const last = otherwise === undefined ? undefined : this.sequence(otherwise);
    return (frame) => {
      for (const { condition, body } of compiled) if (isTrue(condition(frame))) return body(frame);
      return last?.(frame);
    };
  }

  private loop(statement: Of<'while' | 'repeat' | 'numeric for' | 'generic for'>): Execute {
    switch (statement.kind) {
      case 'while': {
        const [condition, body] = [this.one(statement.condition), this.sequence(statement.body)];
        return this.repeated((frame) => (isTrue(condition(frame)) ? body(frame) : LEAVE_LOOP));
      }
      case 'repeat': {
        const [body, condition] = [this.sequence(statement.body), this.one(statement.condition)];
        return this.repeated((frame) => body(frame) ?? (isTrue(condition(frame)) ? LEAVE_LOOP : undefined));
      }
      case 'numeric for':
        return this.numericFor(statement);
      case 'generic for':
        return this.genericFor(statement);
    }
  }

  private repeated(pass: Execute): Execute {
    const { machine } = this;
    return (frame) => {
      for (;;) {
        machine.tick();
        const signal = pass(frame);
        if (signal !== undefined) return outside(signal);
      }
    };
  }

  private numericFor({ variable, from, to, step, body, line }: Of<'numeric for'>): Execute {
    const { machine } = this;
    const bounds = [this.one(from), this.one(to), step === undefined ? (): LuaValue => 1 : this.one(step)];
    const [run, declare] = [this.sequence(body), declaration(variable)];
    const parts = ['initial value', 'limit', 'step'];
    return (frame) => {
      const [start, limit, by] = bounds.map((bound) => toNumber(bound(frame)));
      const wrong = [start, limit, by].indexOf(undefined);
      if (start === undefined || limit === undefined || by === undefined)
        throw machine.fault(luaFault.forNumber(parts[wrong] as string), line);
      for (let value = start; by > 0 ? value <= limit : value >= limit; value += by) {
        machine.tick();
        declare(frame, value);
        const signal = run(frame);
        if (signal !== undefined) return outside(signal);
      }
      return undefined;
    };
  }

  private genericFor({ variables, values, body, line }: Of<'generic for'>): Execute {
    const { machine } = this;
    const [list, run, stores] = [this.list(values), this.sequence(body), variables.map(declaration)];
    return (frame) => {
      const [iterator, state, initial] = list(frame);
      let control = initial;
      for (;;) {
        machine.tick();
        machine.line = line;
        const given = machine.call(iterator, [state, control]);
        control = given[0];
        if (control === undefined) return undefined;
        stores.forEach((store, index) => store(frame, given[index]));
        const signal = run(frame);
        if (signal !== undefined) return outside(signal);
      }
    };
  }
}

/** The signal that a loop passes on: a break ends with the loop. */
function outside(signal: Signal): Signal {
  return signal === LEAVE_LOOP ? undefined : signal;
}

/** Each execution of a declaration makes a new variable, which matters when a function captures it. */
function declaration({ slot, captured }: LocalVariable): Store {
  return captured ? ({ cells }, value) => void (cells[slot] = { value }) : ({ slots }, value) => void (slots[slot] = value);
}

function assignLocal({ slot, captured }: LocalVariable): Store {
  return captured ? ({ cells }, value) => void ((cells[slot] as Cell).value = value) : ({ slots }, value) => void (slots[slot] = value);
}
