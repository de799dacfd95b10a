import { setTimeout as sleep } from 'node:timers/promises';
import { connect, RedatomError } from 'redatom';
import { BatchClient, ClusterBatch } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { slotOf } from '../../src/path/slot';
import { Account, nameOn } from './support/account';
import { connectThroughProxies } from './support/proxied-cluster';
import { serverOf } from './support/server-of';
import { useCluster } from './support/use-cluster';

const SLOT = slotOf('{Account:moving}');
const OWNER = serverOf('{Account:moving}');
const ROUNDS = 6;

describe('a slot that moves to and fro under load', () => {
  const at = useCluster();

  /** Runs workers until the slot has made its journeys; resolves to how often each did its work. */
  async function underMigration(workers: readonly (() => Promise<unknown>)[]): Promise<{ done: number[]; errors: unknown[] }> {
    let isMoving = true;
    const errors: unknown[] = [];
    const done = workers.map(() => 0);
    const running = workers.map(async (work, worker) => {
      while (isMoving) {
        try {
          await work();
          done[worker] = (done[worker] as number) + 1;
        } catch (error) {
          errors.push(error);
        }
      }
    });
    for (let round = 0; round < ROUNDS; round += 1) {
      const [from, to] = round % 2 === 0 ? [OWNER, (OWNER + 1) % 3] : [(OWNER + 1) % 3, OWNER];
      await at.cluster.moveSlot(SLOT, from, to);
      await sleep(50);
    }
    isMoving = false;
    await Promise.all(running);
    return { done, errors };
  }

  async function redirections(): Promise<Record<string, number>> {
    const counts: Record<string, number> = { MOVED: 0, ASK: 0, TRYAGAIN: 0 };
    for (const server of [0, 1, 2]) {
      const info = String(await at.cluster.ask(server, 'INFO', 'errorstats'));
      for (const [, name, count] of info.matchAll(/errorstat_(MOVED|ASK|TRYAGAIN):count=(\d+)/g))
        counts[name as string] = (counts[name as string] as number) + Number(count);
    }
    return counts;
  }

  test('loses nothing and applies nothing twice: models, pipelines, locks, batches, transactions and scripts', async () => {
    const database = await connect(at.client, { models: [Account] });
    const account = await Account.create({ name: 'moving' });
    const [batches, operations] = [new BatchClient(at.client), new PipelineOperations(at.client)];
    const tag = '{Account:moving}';
    // Many small keys make the journeys long enough for the workers to run into them.
    await batches.exec(
      new ClusterBatch(false).mSet(Array.from({ length: 300 }, (_, n) => [`${tag}filler${n}`, 'x'] as [string, string])),
      true,
    );
    let fresh = 0;
    const { done, errors } = await underMigration([
      () => account.visits.increase(),
      async () => {
        const mine = await Account.get('moving');
        await mine.pipeline((same) => same.log.append(1));
      },
      () => Account.withLockFromKey('moving', 'work', (locked) => locked.log.aappend(2)),
      () => batches.exec(new ClusterBatch(false).incr(`${tag}a`).incr('elsewhere').incr(`${tag}a`), true),
      () => operations.transact((pipe) => pipe.incr(`${tag}b`).incr(`${tag}c`)),
      () => operations.evalScript("return redis.call('INCR', KEYS[1])", [`${tag}d`]),
      () => operations.execute((pipe) => pipe.set(`${tag}new${(fresh += 1)}`, '1').del(`${tag}new${fresh}`)),
    ]);
    const counts = await redirections();
    console.log(
      `slot moved ${ROUNDS} times; work done ${done.join(', ')}; errors ${errors.length}; redirections ${JSON.stringify(counts)}`,
    );
    await database.close();

    expect(errors.map((error) => (error instanceof RedatomError ? error.code : error))).toEqual([]);
    expect(counts['MOVED']).toBeGreaterThan(0);
    expect(counts['ASK']).toBeGreaterThan(0);
    const stored = await at.client.json.get('Account:moving');
    const log = (stored as { log: number[]; visits: number }).log;
    expect([(stored as { visits: number }).visits, log.filter((n) => n === 1).length, log.filter((n) => n === 2).length]).toEqual(
      done.slice(0, 3),
    );
    const totals = await batches.exec(new ClusterBatch(false).mGet([`${tag}a`, 'elsewhere', `${tag}b`, `${tag}c`, `${tag}d`]), true);
    const [, , , ofBatches, ofTransactions, ofScripts] = done as [number, number, number, number, number, number];
    expect((totals?.[0] as string[]).map(Number)).toEqual([2 * ofBatches, ofBatches, ofTransactions, ofTransactions, ofScripts]);
  });

  test('keeps the order of the calls of an instance, also when the client learns meanwhile where the slot has gone', async () => {
    const proxied = await connectThroughProxies(at.cluster.urls);
    const database = await connect(proxied.client, { models: [Account] });
    const [account, other] = await Promise.all(['moving', nameOn((OWNER + 2) % 3)].map((name) => Account.build({ name }).save()));
    if (account === undefined || other === undefined) throw new Error('two accounts were to be made');
    const slots = [SLOT, slotOf(other.key)] as const;
    await at.cluster.moveSlot(slots[0], OWNER, (OWNER + 1) % 3);
    await at.cluster.moveSlot(slots[1], (OWNER + 2) % 3, (OWNER + 1) % 3);

    const held = proxied.proxies[OWNER]?.onRequest('ARRAPPEND', 'hold request');
    const first = account.log.aappend(1);
    await held;
    await other.log.aappend(0);
    const second = account.log.aappend(2);
    await Account.exists('moving');
    proxied.proxies[OWNER]?.letRequestsGo();
    await Promise.all([first, second]);

    expect([await at.client.json.get(account.key, { path: '$.log' }), [...account.log]]).toEqual([[[1, 2]], [1, 2]]);
    await database.close();
    await proxied.close();
    await at.cluster.moveSlot(slots[0], (OWNER + 1) % 3, OWNER);
    await at.cluster.moveSlot(slots[1], (OWNER + 1) % 3, (OWNER + 2) % 3);
  });

  test('costs a stale map one refresh', async () => {
    await at.client.set('{Account:moving}a', '1');
    const before = await redirections();
    await at.cluster.moveSlot(SLOT, OWNER, (OWNER + 1) % 3);
    const batch = new ClusterBatch(false);
    for (let n = 0; n < 20; n += 1) batch.incr('{Account:moving}a');
    const results = await new BatchClient(at.client).exec(batch, true);
    expect(results).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
    // One for each of the twenty commands, and one for the request that makes the client learn the map anew.
    expect((await redirections())['MOVED']).toBe((before['MOVED'] as number) + 21);
    await new BatchClient(at.client).exec(batch, true);
    expect((await redirections())['MOVED']).toBe((before['MOVED'] as number) + 21);
    await at.cluster.moveSlot(SLOT, (OWNER + 1) % 3, OWNER);
  });

  test('is learned anew by the slot of a binary key', async () => {
    const key = Buffer.from([0xff, 0xfe, 0x41, 0x80]);
    const [slot, slotOfText] = [slotOf(key), slotOf(String(key))];
    expect(slot).not.toBe(slotOfText);
    const owner = serverOf(key);
    const batch = (isAtomic: boolean) => new BatchClient(at.client).exec(new ClusterBatch(isAtomic).incr(key), true);
    const hosts = [owner, (owner + 1) % 3, owner] as const;
    for (const [round, isAtomic] of [true, false].entries()) {
      await at.cluster.moveSlot(slot, hosts[round] as number, hosts[round + 1] as number);
      expect(await batch(isAtomic)).toEqual([1]);
      const before = await redirections();
      expect(await batch(isAtomic)).toEqual([2]);
      expect(await redirections()).toEqual(before);
      // The slot moves without this key, because `moveSlot` takes keys for text.
      await at.client.del(key);
    }
  });
});
