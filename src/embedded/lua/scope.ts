import type { Expression, LocalVariable, Upvalue } from './syntax';

/** The names that one function can see while it is parsed. */
export class FunctionScope {
  readonly upvalues: Upvalue[] = [];
  private readonly visible: LocalVariable[] = [];
  private slots = 0;
  loopDepth = 0;

  constructor(
    private readonly outer: FunctionScope | undefined,
    readonly hasVarargs: boolean,
  ) {}

  get frameSize(): number {
    return this.slots;
  }

  /** Begins a block, and returns the mark with which `leave` ends it. */
  enter(): number {
    return this.visible.length;
  }

  leave(mark: number): void {
    this.visible.length = mark;
  }

  /** A new variable that is not visible until it is declared. */
  variable(name: string): LocalVariable {
    const variable = { name, slot: this.slots, captured: false };
    this.slots += 1;
    return variable;
  }

  declare(...variables: readonly LocalVariable[]): void {
    this.visible.push(...variables);
  }

  resolve(name: string, line: number): Expression {
    const variable = this.find(name);
    if (variable !== undefined) return { kind: 'local', variable };
    const index = this.upvalueOf(name);
    return index === undefined ? { kind: 'global', name, line } : { kind: 'upvalue', index, name };
  }

  private find(name: string): LocalVariable | undefined {
    for (let index = this.visible.length - 1; index >= 0; index -= 1) {
      if (this.visible[index]?.name === name) return this.visible[index];
    }
    return undefined;
  }

  private upvalueOf(name: string): number | undefined {
    const known = this.upvalues.findIndex((upvalue) => upvalue.name === name);
    if (known >= 0) return known;
    const variable = this.outer?.find(name);
    if (variable !== undefined) {
      variable.captured = true;
      return this.upvalues.push({ fromFrame: true, index: variable.slot, name }) - 1;
    }
    const index = this.outer?.upvalueOf(name);
    return index === undefined ? undefined : this.upvalues.push({ fromFrame: false, index, name }) - 1;
  }
}
