import { setTimeout as sleep } from 'node:timers/promises';
import { Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { AtomicRedisModel, connect, Field, Model, pipeline, RedisConnectionError, type Database } from 'redatom';
import { PipelineOperations } from 'redatom/service';
import { createClientPool } from 'redis';
import { describeOnEveryServer } from '../../support/backends';
import { errorWith } from '../../support/error-with';

@Model()
class Piece extends AtomicRedisModel {
  @Field(Number) n!: number;
}

@ValidatorConstraint({ async: true })
class TakesLong implements ValidatorConstraintInterface {
  async validate(): Promise<boolean> {
    await sleep(2 * LIMITS.timeoutMs);
    return true;
  }
}

@Model()
class Ruled extends AtomicRedisModel {
  @Validate(TakesLong) @Field(Number) n!: number;
}

const LIMITS = { timeoutMs: 100 };
const LATE = errorWith({
  code: 'REDIS_CONNECTION',
  message: expect.stringMatching(/ was given up before it was sent: not done within 100 ms$/) as string,
});
/** How long a request takes: one request is within the time of a call, two are not. */
const REQUEST_MS = 60;

describeOnEveryServer('the time of a call', 'it makes the connection slow', (backend) => {
  let client: ReturnType<typeof createClientPool>;
  let database: Database;

  beforeEach(async () => {
    await backend.flush();
    client = createClientPool({ url: backend.url }, { minimum: 1, maximum: 1 });
    await client.connect();
    const execute = client.execute.bind(client);
    client.execute = (work) => sleep(REQUEST_MS).then(() => execute(work));
    database = await connect(client, { models: [Piece, Ruled] });
  });
  afterEach(async () => {
    await database.close();
    client.destroy();
  });

  const pieces = (count: number): { n: number }[] => Array.from({ length: count }, (_, n) => ({ n }));

  test('is that of all its inserts', async () => {
    await expect(Piece.insertMany(pieces(2500), LIMITS)).rejects.toThrow();
    expect(await backend.send('DBSIZE')).toBeLessThanOrEqual(2000);
  });

  test('is that of all pages of a listing', async () => {
    await Piece.insertMany(pieces(1500));
    await expect(Piece.afindKeys(LIMITS)).rejects.toThrow(RedisConnectionError);
  });

  test('is that of all pages of a scan, without what is done with them', async () => {
    await Piece.insertMany(pieces(1500));
    const scan = async (limits: { timeoutMs: number }): Promise<number> => {
      let count = 0;
      for await (const piece of Piece.scan(limits)) {
        if (piece.n === 0) await sleep(5 * REQUEST_MS);
        count += 1;
      }
      return count;
    };
    await expect(scan(LIMITS)).rejects.toThrow(RedisConnectionError);
    await expect(scan({ timeoutMs: 30_000 })).resolves.toBe(1500);
  });

  test('is that of a script by its digest and by its text', async () => {
    const operations = new PipelineOperations(client, LIMITS);
    const script = "return redis.call('SET', KEYS[1], ARGV[1]) -- nobody knows it yet";
    await expect(operations.evalScript(script, ['k'], ['late'])).rejects.toThrow(RedisConnectionError);
  });

  test('is that of all attempts of a transaction', async () => {
    let runs = 0;
    const work = new PipelineOperations(client).transact(
      async (pipe) => {
        runs += 1;
        pipe.set('k', 'mine');
        await backend.send('SET', 'k', 'other');
        await sleep(REQUEST_MS);
      },
      { watch: ['k'], retries: 10, ...LIMITS },
    );

    await expect(work).rejects.toThrow(RedisConnectionError);
    expect(runs).toBeLessThanOrEqual(2);
    expect(await backend.send('GET', 'k')).toBe('other');
  });

  test.each<[string, (piece: Piece, other: Piece, work: () => Promise<void>) => Promise<unknown>]>([
    ['a document', (piece, _, work) => piece.pipeline(work, LIMITS)],
    ['several documents', (piece, other, work) => pipeline([piece, other], work, LIMITS)],
  ])('is that of a pipeline of %s with its work', async (_, run) => {
    const [piece, other] = (await Piece.insertMany(pieces(2))) as [Piece, Piece];

    const work = async (): Promise<void> => {
      piece.n = 5;
      await sleep(2 * LIMITS.timeoutMs);
    };
    await expect(run(piece, other, work)).rejects.toThrow(LATE);

    expect([piece.n, await backend.json(piece.key)]).toEqual([0, { n: 0 }]);
    await piece.pipeline(work, { timeoutMs: 30_000 });
    expect([piece.n, await backend.json(piece.key)]).toEqual([5, { n: 5 }]);
  });

  test.each<[string, (ruled: Ruled) => Promise<unknown>]>([
    ['create', () => Ruled.create({ n: 5 }, LIMITS)],
    ['getOrCreate', () => Ruled.getOrCreate({ n: 5 }, LIMITS)],
    ['insertMany', () => Ruled.insertMany([{ n: 5 }], LIMITS)],
    ['save', (ruled) => ((ruled.n = 5), ruled.save(LIMITS))],
    ['saveChanges', (ruled) => ((ruled.n = 5), ruled.saveChanges(LIMITS))],
    ['aupdate', (ruled) => ruled.aupdate({ n: 5 }, LIMITS)],
    ['pipeline', (ruled) => ruled.pipeline(() => (ruled.n = 5), LIMITS)],
  ])('is that of %s with the rules of the class', async (_, write) => {
    const ruled = await Ruled.create({ n: 0 });

    await expect(write(ruled)).rejects.toThrow(LATE);

    expect(await backend.json(ruled.key)).toEqual({ n: 0 });
    expect(await backend.send('DBSIZE')).toBe(1);
  });
});
