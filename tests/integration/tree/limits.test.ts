import { setTimeout as sleep } from 'node:timers/promises';
import { Lock, RedisTree, type CallOptions, type TreeNode } from 'redatom/tree';
import { openClient, type OpenClient } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { TcpProxy } from '../../support/tcp-proxy';

type Verb = (node: TreeNode, options: CallOptions) => Promise<unknown>;

/** All verbs except those that take or free locks, each with its name in errors. */
const VERBS: [string, string, Verb][] = [
  ['val', 'val', (node, options) => node.val(undefined, options)],
  ['set', 'set', (node, options) => node.set('n', 2, options)],
  ['set for a time', 'set', (node, options) => node.set('n', 2, { expire: 10, ...options })],
  ['assign', 'assign', (node, options) => node.assign(2, options)],
  ['add', 'add', (node, options) => node.get('n').add(1, options)],
  ['delete', 'delete', (node, options) => node.delete('n', options)],
  ['clear', 'clear', (node, options) => node.clear(options)],
  ['exists', 'exists', (node, options) => node.exists(options)],
  ['expire', 'expire', (node, options) => node.expire(10, options)],
  ['timeToLive', 'timeToLive', (node, options) => node.timeToLive(options)],
  ['iterChildren', 'iterChildren', (node, options) => node.iterChildren(options).next()],
  ['children', 'children', (node, options) => node.children(options)],
  ['keys', 'keys', (node, options) => node.keys(options)],
  ['size', 'size', (node, options) => node.size(options)],
  ['equals', 'equals', (node, options) => node.equals(node, options)],
  ['compareTo', 'compareTo', (node, options) => node.get('n').compareTo(node.get('n'), options)],
  ['isLocked', 'isLocked', (node, options) => node.isLocked(options)],
  ['isLocked with what is below', 'isLocked', (node, options) => node.isLocked({ below: true, ...options })],
];

const WRITES = new Set(['set', 'assign', 'add', 'delete', 'clear', 'expire']);

/** The error of a call that got no reply. A call that only reads leaves nothing in doubt. */
const unanswered = (command: string): object => ({ code: WRITES.has(command) ? 'OUTCOME_UNKNOWN' : 'REDIS_CONNECTION', command });

describeOnEveryServer('limits of a call of a tree', 'it holds answers back on one connection', (backend) => {
  let proxy: TcpProxy;
  let client: OpenClient;
  let tree: RedisTree;
  beforeAll(async () => {
    proxy = await TcpProxy.start(backend.url);
    client = await openClient(proxy.url);
    // A client of the user's own, which has no limit and waits for ever.
    tree = new RedisTree({ client, namespace: 'limits' });
  });
  beforeEach(() => tree.root().set('a', { n: 1 }));
  afterEach(() => proxy.letAnswersGo());
  afterAll(async () => {
    await tree.close();
    client.destroy();
    await proxy.close();
  });

  test.each(VERBS)('%s ends when its time is over', async (_, command, verb) => {
    proxy.holdAnswers();
    const error = await failureOf(() => verb(tree.at('a'), { timeoutMs: 100 }));

    expect(error).toMatchObject(unanswered(command));
    expect(error.message).not.toContain('before it was sent');
  });

  test.each(VERBS)('%s ends when its signal aborts', async (_, command, verb) => {
    proxy.holdAnswers();
    const controller = new AbortController();
    const failed = failureOf(() => verb(tree.at('a'), { signal: controller.signal }));
    while (proxy.heldCount === 0) await sleep(1);
    const reason = new Error('not needed any more');
    controller.abort(reason);

    expect(await failed).toMatchObject({ ...unanswered(command), cause: reason });
  });

  test.each(VERBS)('%s sends nothing when its signal has aborted before', async (_, __, verb) => {
    const reason = new Error('not needed');
    const signal = AbortSignal.abort(reason);
    let error: unknown;
    const sent = await backend.commandsSent(async () => (error = await failureOf(() => verb(tree.at('a'), { signal }))));

    expect(sent).toEqual([]);
    expect(error).toMatchObject({ code: 'REDIS_CONNECTION', cause: reason });
    expect((error as Error).message).toContain('was given up before it was sent: the signal aborted: not needed');
  });

  test.each(VERBS)('%s takes limits that it keeps', async (_, __, verb) => {
    await expect(verb(tree.at('a'), { timeoutMs: 60_000, signal: new AbortController().signal })).resolves.toBeDefined();
  });

  test.each(VERBS)('%s refuses limits that are none before anything is sent', async (_, __, verb) => {
    const sent = await backend.commandsSent(async () => {
      await expect(verb(tree.at('a'), { timeout: 5 } as never)).rejects.toThrow(/knows no option "timeout"/);
      await expect(verb(tree.at('a'), { timeoutMs: -1 })).rejects.toThrow('timeoutMs must be a positive number');
      await expect(verb(tree.at('a'), { signal: 'x' as never })).rejects.toThrow('signal must be an AbortSignal');
    });

    expect(sent).toEqual([]);
  });

  test('hold for a lock without values, too', async () => {
    const lock = new Lock(client, 'a', { namespace: 'limits' });
    proxy.holdAnswers();

    await expect(lock.isLocked({ timeoutMs: 20 })).rejects.toMatchObject(unanswered('isLocked'));
    await lock.close();
  });

  test.each(VERBS)('%s ends also while the connection is made', async (_, __, verb) => {
    proxy.holdAnswers();
    const late = new RedisTree({ client: proxy.url, namespace: 'limits' });
    const error = await failureOf(() => verb(late.at('a'), { timeoutMs: 20 }));
    proxy.letAnswersGo();

    expect(error).toMatchObject({ code: 'REDIS_CONNECTION', key: 'tree:{limits}' });
    expect(error.message).toContain('was given up before it was sent: no connection within 20 ms');
    await expect(late.at('a').val()).resolves.toEqual({ n: 1 });
    await late.close();
  });
});
