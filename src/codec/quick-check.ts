const TEXT = 1;
const NUMBER = 2;
const INTEGER = 3;
const FLAG = 4;

/** A check without a function call; 0 where there is none. A number, because type names take longer to compare. */
export type QuickCheck = 0 | typeof TEXT | typeof NUMBER | typeof INTEGER | typeof FLAG;

const QUICK_CHECKS = { string: TEXT, number: NUMBER, integer: INTEGER, boolean: FLAG } as const;

/** The type of a stored value. */
export type StoredAs = keyof typeof QUICK_CHECKS;

export function quickCheckOf({ storedAs }: { readonly storedAs: StoredAs | undefined }): QuickCheck {
  return storedAs === undefined ? 0 : QUICK_CHECKS[storedAs];
}

/** Whether a value of the user is its own stored form; otherwise `encode` decides. */
export function isStoredAsItIs(check: QuickCheck, value: unknown): boolean {
  switch (check) {
    case TEXT:
      return typeof value === 'string' && value.isWellFormed();
    case NUMBER:
      return Number.isFinite(value);
    case INTEGER:
      return Number.isSafeInteger(value);
    case FLAG:
      return typeof value === 'boolean';
    default:
      return false;
  }
}
