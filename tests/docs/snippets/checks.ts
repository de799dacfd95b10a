import type { Checks } from './expectations';

/** Fails the test with a message that begins with the place in the documentation. */
export const checks: Checks = {
  equal: (actual, expected, origin) => {
    at(origin, () => expect(plain(actual)).toEqual(expected));
  },
  throws: async (work, errorName, origin) => {
    const thrown: unknown = await Promise.resolve()
      .then(work)
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    at(origin, () => expect((thrown as Error | undefined)?.name).toBe(errorName));
  },
};

function at(origin: string, assert: () => void): void {
  try {
    assert();
  } catch (error) {
    if (error instanceof Error) error.message = `${origin}\n${error.message}`;
    throw error;
  }
}

/** Bound values are shown as the plain values that they stand for. */
function plain(value: unknown): unknown {
  const { clone } = (value ?? {}) as { clone?: () => unknown };
  return typeof clone === 'function' ? clone.call(value) : value;
}
