import type { DocumentField } from '../codec/codec';

/**
 * Stands for an instance before code of others: it holds values for the fields, each made when it is first asked for, and has all else from `members`.
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

/** Makes a value a member of a carrier, and gives it. */
export function keep(carrier: object, name: string, { value, enumerable }: { value: unknown; enumerable: boolean }): unknown {
  Object.defineProperty(carrier, name, { value, enumerable, writable: true, configurable: true });
  return value;
}
