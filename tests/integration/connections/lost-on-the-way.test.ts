import { connect, Model, type Database } from 'redatom';
import { openClient, type OpenClient } from '../../support/clients';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { TcpProxy } from '../../support/tcp-proxy';
import { createUser, User } from '../../support/user';
import { useModels } from '../../support/use-models';

/** The same documents over a connection of its own, which the tests drop. */
@Model({ prefix: 'User' })
class Dropped extends User {}

@Model({ ttl: 1000, refreshTtl: 'onUse' })
class Session extends User {}

const LIMITS = { timeoutMs: 100 };

describeOnEveryServer('a call that was given up on its way', 'it holds back what one connection carries', (backend) => {
  useModels(backend, User);
  let proxy: TcpProxy;
  let client: OpenClient;
  let db: Database;
  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    client = await openClient(proxy.url);
    db = await connect(client, { models: [Dropped, Session] });
  });
  afterEach(async () => {
    await db.close();
    if (client.isOpen) client.destroy();
    await proxy.close();
  });

  test('may have been applied, also when its connection is dropped in the same moment', async () => {
    const { key } = await createUser();
    const user = await Dropped.get(key);
    const giveUp = new AbortController();
    const applied = proxy.onRequest('EVAL', 'hold reply');
    const error = failureOf(() => user.pipeline(({ score }) => score.add(1), { signal: giveUp.signal }));
    await applied;

    giveUp.abort();
    client.destroy();

    expect(await error).toMatchObject({ code: 'OUTCOME_UNKNOWN', key });
    expect(user.isStale).toBe(true);
    expect(await backend.json(key, '$.score')).toBe(1);
  });

  test.each<[string, (session: Session) => Promise<unknown>]>([
    ['get', ({ key }) => Session.get(key, LIMITS)],
    ['find', ({ key }) => Session.find(key, LIMITS)],
    ['load', (session) => session.load(LIMITS)],
  ])('is only a %s that got no reply, though it would have started a time to live anew', async (command, read) => {
    const session = await Session.create({ username: command });
    proxy.holdAnswers();

    const error = await failureOf(() => read(session));

    expect(error).toMatchObject({ code: 'REDIS_CONNECTION', command, key: session.key });
    expect(error.message).toBe(`${command} on "${session.key}" got no reply: none arrived within 100 ms`);
    expect(session.isStale).toBe(false);
    proxy.letAnswersGo();
  });
});
