import { connect, type Database } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { OrderNow, type DeployParams } from '../support/deploy-tasks';
import { WorkerPool } from '../support/worker-process';

const ROUNDS = 40;
const WORKERS = ['runBefore', 'runNow', 'runBefore', 'runNow'];
const COUNT = (ROUNDS * WORKERS.length) / 2;

describeOnEveryBackend('processes of two releases, whose classes differ, on the same documents', (backend) => {
  const pool = new WorkerPool();
  let database: Database;
  beforeAll(async () => {
    database = await connect(backend.url, { models: [OrderNow] });
  });
  afterAll(async () => {
    await pool.close();
    await database.close();
  });

  test('lose nothing of what only the other one knows', async () => {
    const before = { total: 0, note: 'kept', lines: [], named: {}, address: { city: '' } };
    for (const id of ['a', 'b']) await backend.send('JSON.SET', `Order:${id}`, '$', JSON.stringify({ id, ...before }));
    const workers = await pool.start(WORKERS.length);

    await Promise.all(
      workers.map((worker, at) => {
        const params: DeployParams = { url: backend.url, pk: 'a', savedPk: 'b', worker: at, rounds: ROUNDS };
        return worker.run(WORKERS[at] as string, params);
      }),
    );

    const order = await OrderNow.get('a');
    expect([order.total.value, order.discount.value, order.tags.length, order.address.moves.value]).toEqual([
      4 * COUNT,
      COUNT,
      COUNT,
      COUNT,
    ]);
    const isNew = (id: string): boolean => WORKERS[Number(id.split('-')[0])] === 'runNow';
    for (const lines of [[...order.lines], [...order.named.values()]]) {
      expect(lines).toHaveLength(2 * COUNT);
      expect(lines.map(({ id, isGift }) => [id, isGift])).toEqual(lines.map(({ id }) => [id, isNew(id)]));
    }
    const saved = await OrderNow.get('b');
    expect([saved.total.value, saved.discount.value]).toEqual([2 * COUNT, COUNT]);
    for (const { key } of [order, saved]) expect(await backend.json(key, '$.note')).toBe('kept');
  });
});
