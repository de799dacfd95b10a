import type { Codec, DocumentField } from './codec';

type Fits = Codec['fits'];

/** The values that generated code receives. They never become part of the code, which consists only of texts from this file. */
interface Givens {
  readonly names: string[];
  readonly fits: Fits[];
}

/** Returns a function that says whether a stored object has all of these fields, and each of them fits. */
export function documentFits(fields: readonly DocumentField[]): Fits {
  return whenFirstAsked((givens) => {
    const tests = fields.map(
      ({ name, codec }) => `value = json[name${givens.names.push(name) - 1}]; if (!(${testOf(codec, givens)})) return false;`,
    );
    return `${IS_OBJECT} let value; ${tests.join(' ')}`;
  });
}

/** Returns a function that says whether a stored value is an array, and each of its items fits. */
export function listFits(element: Codec): Fits {
  return whenFirstAsked(
    (givens) => `if (!Array.isArray(json)) return false; for (const value of json) if (!(${testOf(element, givens)})) return false;`,
  );
}

/** Returns a function that says whether a stored value is an object, and each of its members fits. */
export function dictFits(element: Codec): Fits {
  const each = 'for (const name in json) { const value = json[name];';
  return whenFirstAsked((givens) => `${IS_OBJECT} ${each} if (!(${testOf(element, givens)})) return false; }`);
}

const IS_OBJECT = `if (typeof json !== 'object' || json === null || Array.isArray(json)) return false;`;

const TESTS = {
  string: `typeof value === 'string'`,
  number: `typeof value === 'number'`,
  integer: `Number.isSafeInteger(value)`,
  boolean: `typeof value === 'boolean'`,
} as const;

/** An expression that is true if `value` fits. */
function testOf(codec: Codec, givens: Givens): string {
  if (codec.storedAs === undefined) return `fits${givens.fits.push(codec.fits) - 1}(value)`;
  const test = TESTS[codec.storedAs];
  return codec.nullable ? `value === null || ${test}` : test;
}

/** Compiles on first use, because most processes of a program read only some of its classes. */
function whenFirstAsked(write: (givens: Givens) => string): Fits {
  let fits: Fits | undefined;
  return (json) => (fits ??= compile(write))(json);
}

/**
 * Makes a separate function for each type, so that the engine learns for each what its values look like in memory: one loop over the fields of all
 * types takes five times as long.
 */
function compile(write: (givens: Givens) => string): Fits {
  const givens: Givens = { names: [], fits: [] };
  const tests = write(givens);
  const parameters = [...givens.names.map((_, index) => `name${index}`), ...givens.fits.map((_, index) => `fits${index}`)];
  try {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- of no text but that of this file
    const make = new Function(...parameters, `'use strict'; return (json) => { ${tests} return true; };`) as (...values: unknown[]) => Fits;
    return make(...givens.names, ...givens.fits);
  } catch {
    // Some programs forbid generating code at run time; then each value is checked the slower way.
    return () => false;
  }
}
