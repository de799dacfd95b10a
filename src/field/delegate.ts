import { BoundScalar, presentValue } from './bound-scalar';

/** Names of the methods of a plain value that its bound value has as well. A name that ends with a star stands for all names with that beginning. */
export type Delegated<Value, Names extends string> = Pick<
  Value,
  Extract<Exclude<keyof Value, keyof BoundScalar<unknown>>, Matching<Names>>
>;

type Matching<Name extends string> = Name extends `${infer Start}*` ? `${Start}${string}` : Name;

/** Gives a class of bound values the methods that {@link Delegated} says. Methods that bound values have themselves stay. */
export function delegateMethods(target: object, source: object, names: readonly string[]): void {
  for (const [name, { value }] of methodsOf(source)) {
    const isOwn = Object.hasOwn(target, name) || Object.hasOwn(BoundScalar.prototype, name);
    if (typeof value !== 'function' || isOwn || !names.some((wanted) => matches(wanted, name))) continue;
    const method = value as (...args: unknown[]) => unknown;
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      value: function delegate(this: BoundScalar<unknown>, ...args: unknown[]): unknown {
        return method.apply(presentValue(this, { verb: name, expected: 'a value' }), args);
      },
    });
  }
}

/** Includes the prototypes of parents, nearest first, but not Object.prototype. */
function methodsOf(prototype: object): [string, PropertyDescriptor][] {
  const parent = Object.getPrototypeOf(prototype) as object | null;
  if (parent === null) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype)).filter(([name]) => name !== 'constructor');
  return [...own, ...methodsOf(parent)];
}

function matches(wanted: string, name: string): boolean {
  return wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
}
