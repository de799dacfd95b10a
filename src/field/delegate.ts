/** Gives a class of bound values the methods of the plain value that it holds. Methods that it has itself stay. */
export function delegateMethods(target: object, source: object, isWanted: (name: string) => boolean = () => true): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(source))) {
    if (typeof value !== 'function' || name === 'constructor' || Object.hasOwn(target, name) || !isWanted(name)) continue;
    const method = value as (...args: unknown[]) => unknown;
    Object.defineProperty(target, name, {
      configurable: true,
      writable: true,
      value: function delegate(this: { readonly value: unknown }, ...args: unknown[]): unknown {
        return method.apply(this.value, args);
      },
    });
  }
}
