import { AtomicRedisModel, connect, Field, Key, Model, RedisInt, Version, type Database } from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
import { failureOf } from '../../support/failure-of';

@Model()
class Leaving extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(RedisInt) n!: RedisInt;
  @Version() version!: number;
}

describeOnEveryServer('calls whose connection is closed meanwhile', 'a cluster has one database', (backend) => {
  const elsewhere = new URL(backend.url);
  elsewhere.pathname = '/15';
  let here: Database;
  let there: Database;
  const moveAway = async (): Promise<void> => {
    await here.close();
    there.bind(Leaving);
  };
  const names = Array.from({ length: 1200 }, (_, at) => `leaving-${at}`);
  const ways = [
    ['opened by connect', () => backend.url],
    ['of a ready client', () => backend.readyClient()],
  ] as const;

  describe.each(ways)('%s', (_, open) => {
    beforeEach(async () => {
      await backend.flush();
      there = await connect(elsewhere.href, { models: [Leaving] });
      await Leaving.deleteMany(['one', 'leaving-0']);
      here = await connect(await open(), { models: [Leaving] });
    });
    afterEach(async () => {
      await there.close();
      await here.close();
    });

    test('a scan does not take the documents of another one for its own', async () => {
      await Leaving.insertMany(names.map((name) => ({ name })));
      const scan = async (): Promise<void> => {
        for await (const { pk } of Leaving.scan()) if (pk !== '') await moveAway();
      };

      expect((await failureOf(scan)).code).toMatch(/^(NOT_CONNECTED|REDIS_CONNECTION)$/);
    });

    test('a transaction does not write over another one', async () => {
      await Leaving.create({ name: 'one' });
      there.bind(Leaving);
      const other = await Leaving.create({ name: 'one', n: 500 });
      here.bind(Leaving);

      const transaction = Leaving.transact('one', async (read) => {
        await moveAway();
        read.n.add(1);
      });

      expect(await failureOf(() => transaction)).toMatchObject({ code: 'NOT_CONNECTED', model: 'Leaving' });
      await other.load();
      expect(other.n.value).toBe(500);
    });
  });
});
