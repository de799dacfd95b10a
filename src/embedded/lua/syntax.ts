/** The tree of a Lua chunk, with every name resolved to a place. */
export interface LocalVariable {
  readonly name: string;
  /** Place in the frame of its function. */
  readonly slot: number;
  /** Whether an inner function uses it, so that it lives in a cell of its own. */
  captured: boolean;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^' | '..' | '==' | '~=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly kind: 'constant'; readonly value: undefined | boolean | number | string }
  | { readonly kind: 'varargs' }
  | { readonly kind: 'local'; readonly variable: LocalVariable }
  | { readonly kind: 'upvalue'; readonly index: number; readonly name: string }
  | { readonly kind: 'global'; readonly name: string; readonly line: number }
  | { readonly kind: 'index'; readonly object: Expression; readonly key: Expression; readonly line: number }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Expression[]; readonly line: number }
  | {
      readonly kind: 'method';
      readonly object: Expression;
      readonly name: string;
      readonly args: readonly Expression[];
      readonly line: number;
    }
  | { readonly kind: 'function'; readonly body: FunctionBody }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly line: number;
    }
  | { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'unary'; readonly operator: '-' | 'not' | '#'; readonly operand: Expression; readonly line: number }
  | { readonly kind: 'parentheses'; readonly inner: Expression }
  | { readonly kind: 'table'; readonly items: readonly TableItem[]; readonly line: number };

export type TableItem =
  { readonly kind: 'item'; readonly value: Expression } | { readonly kind: 'member'; readonly key: Expression; readonly value: Expression };

/** Where an inner function finds a variable of an outer one: in the frame around it, or among the outer function's own. */
export interface Upvalue {
  readonly fromFrame: boolean;
  readonly index: number;
  readonly name: string;
}

export interface FunctionBody {
  readonly parameters: readonly LocalVariable[];
  readonly hasVarargs: boolean;
  readonly body: Block;
  readonly upvalues: readonly Upvalue[];
  readonly frameSize: number;
}

export type Block = readonly Statement[];

export type Statement =
  | { readonly kind: 'local'; readonly variables: readonly LocalVariable[]; readonly values: readonly Expression[] }
  | { readonly kind: 'local function'; readonly variable: LocalVariable; readonly body: FunctionBody }
  | { readonly kind: 'assign'; readonly targets: readonly Expression[]; readonly values: readonly Expression[] }
  | { readonly kind: 'call'; readonly call: Expression }
  | { readonly kind: 'do'; readonly body: Block }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: Block }
  | { readonly kind: 'repeat'; readonly body: Block; readonly condition: Expression }
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: Expression; readonly body: Block }[];
      readonly otherwise: Block | undefined;
    }
  | {
      readonly kind: 'numeric for';
      readonly variable: LocalVariable;
      readonly from: Expression;
      readonly to: Expression;
      readonly step: Expression | undefined;
      readonly body: Block;
      readonly line: number;
    }
  | {
      readonly kind: 'generic for';
      readonly variables: readonly LocalVariable[];
      readonly values: readonly Expression[];
      readonly body: Block;
      readonly line: number;
    }
  | { readonly kind: 'return'; readonly values: readonly Expression[] }
  | { readonly kind: 'break' };
