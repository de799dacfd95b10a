/** Fails each test of this block after which the process is told of a rejection that nobody handles. */
export function expectNoUnhandledRejections(): void {
  const unhandled = jest.fn();

  beforeAll(() => process.on('unhandledRejection', unhandled));
  afterAll(() => process.off('unhandledRejection', unhandled));
  beforeEach(() => unhandled.mockReset());
  afterEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unhandled).not.toHaveBeenCalled();
  });
}
