import type { DocumentField } from '../codec/codec';

/**
 * An object that stands for an instance in code of other libraries. It has a property for each field, whose value is made on first access, and inherits the rest
 * from `members`.
 */
export function carrierOver(members: object, fields: readonly DocumentField[], valueOf: (field: DocumentField) => unknown): object {
  const carrier = Object.create(members) as object;
  for (const field of fields) {
    const { name } = field;
    Object.defineProperty(carrier, name, {
      get: () => keep(carrier, name, { value: valueOf(field), enumerable: true }),
      set: (value: unknown) => keep(carrier, name, { value, enumerable: true }),
      enumerable: true,
      configurable: true,
    });
  }
  return carrier;
}

/** Makes a value an own property of a carrier, and returns it. */
export function keep(carrier: object, name: string, { value, enumerable }: { value: unknown; enumerable: boolean }): unknown {
  Object.defineProperty(carrier, name, { value, enumerable, writable: true, configurable: true });
  return value;
}
