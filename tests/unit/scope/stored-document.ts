import type { Json, JsonObject } from '../../../src/codec/codec';
import type { Check, Write } from '../../../src/command/operation';

/** The position of the argument by which a check knows the default that is put there first. */
const SEED_OF_RANGE = 5;
const SEED_OF_LENGTH = 1;

type Container = Json[] | JsonObject;

function stepsIn(path: string): (string | number)[] {
  return [...path.matchAll(/\["(\w+)"\]|\.(\w+)|\[(-?\d+)\]/g)].map(([, quoted, plain, index]) => quoted ?? plain ?? Number(index));
}

function typeName(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** A document that understands the checks and writes of commits as far as the tests of this folder use them, with simple names only. */
export class StoredDocument {
  constructor(private root: Json) {}

  get value(): Json {
    return this.root;
  }

  holds({ name, path, args }: Check): boolean {
    const value = this.at(stepsIn(path.text));
    const [first = ''] = args;
    if (name === '?type') return first.includes(`|${typeName(value)}|`);
    if (name === '?length') {
      const length = value === undefined ? args[SEED_OF_LENGTH] : Array.isArray(value) && value.length;
      return typeof length === 'boolean' || length === undefined ? false : Number(length) >= Number(first);
    }
    if (name === '?equals') return value !== undefined && JSON.stringify(value) === first;
    if (name === '?range') return typeof value === 'number' || (value === undefined && args[SEED_OF_RANGE] !== undefined);
    throw new Error(`no check ${name} here`);
  }

  apply({ name, args: [path = '', ...rest] }: Write): void {
    const steps = stepsIn(path);
    const values = rest.map((arg) => JSON.parse(arg) as Json);
    const value = this.at(steps);
    if (name === 'seed') {
      if (value === undefined) this.put(steps, values[0] as Json);
    } else if (name === 'JSON.SET') this.put(steps, values[0] as Json);
    else if (name === 'JSON.MERGE') Object.assign(value as JsonObject, values[0]);
    else if (name === 'JSON.NUMINCRBY') this.put(steps, (value as number) + (values[0] as number));
    else if (name === 'JSON.STRAPPEND') this.put(steps, `${value as string}${values[0] as string}`);
    else if (name === 'JSON.ARRAPPEND') (value as Json[]).push(...values);
    else if (name === 'JSON.ARRINSERT') (value as Json[]).splice(values[0] as number, 0, ...values.slice(1));
    else if (name === 'list.pop') (value as Json[]).splice(values[0] as number, 1);
    else if (name === 'JSON.DEL') this.remove(steps);
    else throw new Error(`no write ${name} here`);
  }

  private at(steps: readonly (string | number)[]): Json | undefined {
    let value: Json | undefined = this.root;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as JsonObject)[step];
    }
    return value;
  }

  private put(steps: readonly (string | number)[], value: Json): void {
    const parent = this.at(steps.slice(0, -1)) as Container;
    const last = steps[steps.length - 1] as string;
    if (typeof parent !== 'object' || parent === null) throw new Error('written without a check of the place');
    (parent as JsonObject)[last] = value;
  }

  private remove(steps: readonly (string | number)[]): void {
    Reflect.deleteProperty(this.at(steps.slice(0, -1)) as object, steps[steps.length - 1] as string);
  }
}
