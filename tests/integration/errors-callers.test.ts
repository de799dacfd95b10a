import { User } from '../support/user';
import { describeOnEveryBackend } from '../support/backends';
import { useModels } from '../support/use-models';

const missing = (): User => User.build({ username: 'missing' });

/** Each call fails because of a server's answer. */
const FAILING: Readonly<Record<string, () => Promise<unknown>>> = {
  get: () => User.get('missing'),
  load: () => missing().load(),
  ttl: () => missing().ttl(),
  increase: () => missing().score.increase(),
  aappend: () => missing().tags.aappend('a'),
  apop: () => missing().tags.apop(),
  asetItem: () => missing().settings.asetItem('a', 'b'),
  aupdate: () => missing().aupdate({ email: 'a' }),
  saveChanges: () => {
    const user = missing();
    user.email = 'a';
    return user.saveChanges();
  },
  pipeline: () => missing().pipeline((user) => user.score.add(1)),
  'a verb of a document that was not read': () => User.at('missing').score.increase(),
  withLockFromKey: () => User.withLockFromKey('missing', 'work', () => undefined),
  'get with a time limit': () => User.get('missing', { timeoutMs: 60_000 }),
  'increase with a time limit': () => missing().score.increase(1, { timeoutMs: 60_000 }),
  'increase with a signal': () => missing().score.increase(1, { signal: new AbortController().signal }),
  'apop with a time limit': () => missing().tags.apop(-1, { timeoutMs: 60_000 }),
  'pipeline with a time limit': () => missing().pipeline((user) => user.score.add(1), { timeoutMs: 60_000 }),
};

describeOnEveryBackend('the trace of an error', (backend) => {
  useModels(backend, User);
  const { stackTraceLimit } = Error;
  // Node's default, which Jest raises.
  beforeAll(() => (Error.stackTraceLimit = 10));
  afterAll(() => (Error.stackTraceLimit = stackTraceLimit));

  test.each(Object.keys(FAILING))('names who called it: %s', async (verb) => {
    async function whoCalls(): Promise<void> {
      await FAILING[verb]?.();
    }

    const error: unknown = await whoCalls().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'KEY_NOT_FOUND', stack: expect.stringContaining('whoCalls') as string });
    expect(Error.stackTraceLimit).toBe(10);
  });

  test('is as long as the program wants other traces to be', async () => {
    Error.stackTraceLimit = 0;
    const error = (await User.get('missing').catch((thrown: unknown) => thrown)) as Error;
    Error.stackTraceLimit = 10;

    expect(error.stack).not.toContain('\n');
  });
});
