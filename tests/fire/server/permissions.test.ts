import { AtomicRedisModel, connect, Field, list, Model, RedisInt, RedisList, Version, type Database } from 'redatom';
import { failureOf } from '../../support/failure-of';
import { describeOnOwnServers } from '../support/own-servers';

@Model()
class Guarded extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
  @Field(list(String)) tags!: RedisList<string>;
  @Version() version!: number;
}

describeOnOwnServers('a server that does not permit everything', (server) => {
  let db: Database;
  let guarded: Guarded;

  async function connectAs(...rules: string[]): Promise<void> {
    await server().send('ACL', 'SETUSER', 'limited', 'reset', 'on', '>secret', '~*', '&*', '+@all', ...rules);
    const url = new URL(server().url);
    url.username = 'limited';
    url.password = 'secret';
    db = await connect({ url: url.href }, { models: [Guarded] });
    guarded = await Guarded.create({ tags: ['a'] });
  }

  afterEach(async () => {
    await db.close();
    await server().send('ACL', 'DELUSER', 'limited');
  });

  test('a commit that was refused after some of its writes says so', async () => {
    await connectAs('-JSON.ARRAPPEND');

    const error = await failureOf(() =>
      guarded.pipeline(() => {
        guarded.n.add(1);
        guarded.tags.append('b');
      }),
    );

    expect(error).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      model: 'Guarded',
      key: guarded.key,
      path: '$["tags"]',
      command: 'append',
      index: 1,
    });
    expect(error.message).toMatch(
      /^append on "Guarded:.*" was refused after some of its writes were applied: .+; load\(\) shows what holds$/,
    );
    expect(guarded.isStale).toBe(true);
    expect((await server().json<{ n: number }>(guarded.key))?.n).toBe(1);
  });

  test('a write that was refused names the verb, in a commit as by itself', async () => {
    await connectAs('-JSON.ARRAPPEND');

    for (const refused of [() => guarded.tags.aappend('b'), () => guarded.pipeline(() => guarded.tags.push('b'))]) {
      const error = await failureOf(refused);
      expect(error).toMatchObject({ code: 'REDIS_SERVICE', model: 'Guarded', key: guarded.key, path: '$["tags"]', index: 0 });
      expect(error.command).toMatch(/^(aappend|push)$/);
    }
  });

  test('a check that was refused is no finding about the document', async () => {
    await connectAs('-JSON.TYPE');

    const error = await failureOf(() => guarded.pipeline(() => guarded.tags.append('b')));

    expect(error).toMatchObject({
      code: 'REDIS_SERVICE',
      model: 'Guarded',
      key: guarded.key,
      path: '$["tags"]',
      command: 'append',
      index: 0,
    });
  });

  test('a raw command that was refused is not blamed on the model', async () => {
    await connectAs();
    await server().send('SET', 'counter', 'text');

    const error = await failureOf(() =>
      guarded.pipeline(({ n }, commands) => {
        n.add(1);
        commands.incr('counter');
      }),
    );

    expect(error).toMatchObject({ code: 'REDIS_SERVICE', key: 'counter', command: 'INCR' });
    expect(error.model).toBeUndefined();
  });
});
