import { connect, Model, type Database } from 'redatom';
import { createClient } from 'redis';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { TcpProxy } from '../../support/tcp-proxy';
import { createUser, User } from '../../support/user';
import { useModels } from '../../support/use-models';

/** The same documents over a connection of its own, which the tests drop. */
@Model({ prefix: 'User' })
class Dropped extends User {}

describeOnEveryServer('a call that was given up on its way', 'it holds back what one connection carries', (backend) => {
  useModels(backend, User);
  let proxy: TcpProxy;
  let client: ReturnType<typeof createClient>;
  let db: Database;
  beforeEach(async () => {
    proxy = await TcpProxy.start(backend.url);
    client = createClient({ url: proxy.url });
    client.on('error', () => undefined);
    db = await connect(await client.connect(), { models: [Dropped] });
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
});
