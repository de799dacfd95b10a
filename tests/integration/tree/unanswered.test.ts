import { RedisTree } from 'redatom/tree';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { TcpProxy } from '../../support/tcp-proxy';

describeOnEveryServer('a tree whose server is away at first', 'it is about one server', (backend) => {
  test('connects when it is there', async () => {
    const proxy = await TcpProxy.start(backend.url);
    const tree = new RedisTree({ client: { url: proxy.url, timeoutMs: 1000 }, namespace: 'away' });
    await proxy.goAway();
    expect(await failureOf(() => tree.root().val())).toMatchObject({ code: 'REDIS_CONNECTION' });

    await proxy.comeBack();

    expect(await tree.root().val('nothing')).toBe('nothing');
    await tree.close();
    await proxy.close();
  });
});

describeOnEveryServer('a tree whose answers do not arrive', 'it holds them back on one connection', (backend) => {
  let proxy: TcpProxy;
  let tree: RedisTree;
  beforeAll(async () => {
    proxy = await TcpProxy.start(backend.url);
    tree = new RedisTree({ client: { url: proxy.url, timeoutMs: 500 }, namespace: 'unanswered' });
  });
  beforeEach(async () => {
    await tree.root().set('a', { n: 1 });
    proxy.holdAnswers();
  });
  afterEach(() => proxy.letAnswersGo());
  afterAll(async () => {
    await tree.close();
    await proxy.close();
  });

  test.each<[string, () => Promise<unknown>]>([
    ['set', () => tree.at('a').set('n', 2)],
    ['add', () => tree.at('a.n').add(1)],
    ['expire', () => tree.at('a').expire(10)],
  ])('says that %s may have been applied', async (command, act) => {
    const error = await failureOf(act);

    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', command });
    expect(error.message).toBe(
      `${command} on ${JSON.stringify(error.key)} was sent, but its reply did not arrive: it may have been applied; read what is stored to find out`,
    );
  });

  test.each<[string, () => Promise<unknown>]>([
    ['val', () => tree.at('a').val()],
    ['exists', () => tree.at('a').exists()],
    ['keys', () => tree.at('a').keys()],
    ['size', () => tree.at('a').size()],
    ['timeToLive', () => tree.at('a').timeToLive()],
    ['isLocked', () => tree.at('a').isLocked()],
  ])('says that %s got no reply: it only reads', async (command, act) => {
    const error = await failureOf(act);

    expect(error).toMatchObject({ code: 'REDIS_CONNECTION', command });
    expect(error.message).toMatch(`${command} on ${JSON.stringify(error.key)} got no reply: `);
  });
});
