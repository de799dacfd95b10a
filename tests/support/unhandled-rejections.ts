/**
 * Has Jest fail each test of this block that leaves a rejection to nobody. It does so by itself, but is told of one only after the test, so this waits for it.
 * A listener of a test hears nothing: its `process` is a copy.
 */
export function expectNoUnhandledRejections(): void {
  afterEach(() => new Promise((resolve) => setTimeout(resolve, 5)));
}
