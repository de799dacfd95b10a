/** Values of Lua 5.1. Strings hold one byte per character; nil is `undefined`. */
export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction | LuaUserdata;

/** A function, written in Lua or here. */
export class LuaFunction {
  constructor(readonly call: (args: LuaValue[]) => LuaValue[]) {}
}

/** A value that scripts can only pass on, such as `cjson.null`. */
export class LuaUserdata {
  constructor(readonly name: string) {}
}

/** A table: a list part for keys from 1, a map for the rest. */
export class LuaTable {
  readonly list: LuaValue[] = [];
  readonly map = new Map<LuaValue, LuaValue>();
  metatable: LuaTable | undefined;
  /** Scripts may only read it. */
  readonly = false;
  private iteration: { readonly keys: readonly LuaValue[]; readonly positions: Map<LuaValue, number> } | undefined;

  static of(items: readonly LuaValue[]): LuaTable {
    const table = new LuaTable();
    items.forEach((item, index) => table.set(index + 1, item));
    return table;
  }

  static from(members: Readonly<Record<string, LuaValue>>): LuaTable {
    const table = new LuaTable();
    for (const [name, value] of Object.entries(members)) table.set(name, value);
    return table;
  }

  /** Stores the items of a constructor. A nil among them keeps its place, as in the language's own arrays. */
  fill(items: readonly LuaValue[]): void {
    const border = borderOf(items);
    const keyed = this.list.splice(0);
    for (let index = 1; index <= items.length; index += 1) this.map.delete(index);
    for (const item of items.slice(0, border)) this.list.push(item);
    items.slice(border).forEach((item, index) => this.set(border + index + 1, item));
    keyed.slice(items.length).forEach((item, index) => this.set(items.length + index + 1, item));
    this.absorb();
  }

  get(key: LuaValue): LuaValue {
    if (typeof key === 'number' && key > 0 && key <= this.list.length && Number.isInteger(key)) return this.list[key - 1];
    return this.map.size === 0 ? undefined : this.map.get(key);
  }

  set(key: LuaValue, value: LuaValue): void {
    this.iteration = value === undefined ? this.iteration : undefined;
    if (typeof key !== 'number' || !this.setInList(key, value)) {
      if (value === undefined) this.map.delete(key);
      else this.map.set(key === 0 ? 0 : key, value);
    }
  }

  /** Keys with their values, the list first. */
  entries(): (readonly [LuaValue, LuaValue])[] {
    const listed = this.list.map((value, index) => [index + 1, value] as const).filter(([, value]) => value !== undefined);
    return [...listed, ...this.map];
  }

  /** The border that `#` returns. */
  get length(): number {
    return this.list.length;
  }

  /** The key after `key` and its value, or undefined at the end; the text `unknown key` when the table does not have it. */
  next(key: LuaValue): readonly [LuaValue, LuaValue] | undefined | 'unknown key' {
    if (this.list.length > 0 && (key === undefined || (typeof key === 'number' && key >= 1 && key < this.list.length))) {
      const index = key === undefined ? 1 : key + 1;
      const value = this.list[index - 1];
      return value === undefined ? this.next(index) : [index, value];
    }
    return this.nextInMap(typeof key === 'number' && key >= 1 && key <= this.list.length ? undefined : key);
  }

  private nextInMap(key: LuaValue): readonly [LuaValue, LuaValue] | undefined | 'unknown key' {
    if (key === undefined || this.iteration === undefined) {
      const keys = [...this.map.keys()];
      this.iteration = { keys, positions: new Map(keys.map((known, index) => [known, index])) };
    }
    const { keys, positions } = this.iteration;
    const start = key === undefined ? 0 : positions.get(key);
    if (start === undefined) return 'unknown key';
    for (let index = key === undefined ? 0 : start + 1; index < keys.length; index += 1) {
      const value = this.map.get(keys[index]);
      if (value !== undefined) return [keys[index], value];
    }
    return undefined;
  }

  private setInList(key: number, value: LuaValue): boolean {
    const { list } = this;
    if (key > 0 && key <= list.length && Number.isInteger(key)) {
      list[key - 1] = value;
      if (value === undefined && key === list.length) this.shrink();
      return true;
    }
    if (key !== list.length + 1 || value === undefined) return false;
    list.push(value);
    this.map.delete(key);
    this.absorb();
    return true;
  }

  /** Moves the keys that continue the list from the map to the list. */
  private absorb(): void {
    const { list, map } = this;
    for (let next = map.get(list.length + 1); next !== undefined; next = map.get(list.length + 1)) {
      map.delete(list.length + 1);
      list.push(next);
    }
  }

  private shrink(): void {
    while (this.list.length > 0 && this.list[this.list.length - 1] === undefined) this.list.pop();
  }
}

/** The border that the language finds in an array: its end, or one found by bisection when the last item is nil. */
function borderOf(items: readonly LuaValue[]): number {
  let [low, high] = [0, items.length];
  if (items[high - 1] !== undefined) return high;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (items[middle - 1] === undefined) high = middle;
    else low = middle;
  }
  return low;
}

/** An error that a script raised or caused; `value` is what `pcall` returns. */
export class LuaError extends Error {
  override readonly name = 'LuaError';

  constructor(
    readonly value: LuaValue,
    readonly line: number,
  ) {
    super(typeof value === 'string' ? value : 'error object');
  }
}

export function typeName(value: LuaValue): string {
  if (value === undefined) return 'nil';
  if (value instanceof LuaTable) return 'table';
  if (value instanceof LuaUserdata) return 'userdata';
  return value instanceof LuaFunction ? 'function' : typeof value;
}

export const isTrue = (value: LuaValue): boolean => value !== undefined && value !== false;
