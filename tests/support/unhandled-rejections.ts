/**
 * Makes Jest fail each test of this block that leaves a rejection unhandled. Jest does that by itself, but hears of a rejection only after the test, so this
 * waits for it. A test cannot listen itself, because its `process` is a copy.
 */
export function expectNoUnhandledRejections(): void {
  afterEach(() => new Promise((resolve) => setTimeout(resolve, 5)));
}
