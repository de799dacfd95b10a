import { connect } from 'redatom';
import { Lock, NotConnectedError, RedisTree } from 'redatom/tree';
import { describeOnEveryBackend } from '../../support/backends';

describeOnEveryBackend('a tree that was closed', (backend) => {
  test.each([
    ['opened by the tree', async () => backend.target()],
    ['of a ready client', async () => backend.readyClient()],
    ['of connect', async () => connect(await backend.target())],
  ])('refuses calls, also over a connection %s', async (_whose, open) => {
    const target = await open();
    const tree = new RedisTree({ client: target, namespace: 'closing' });
    const node = tree.at('a');
    await node.set('b', 1);

    await tree.close();
    await tree.close();

    const sent = await backend.commandsSent(async () => {
      for (const call of [node.val(), node.set('b', 2), node.acquire(), tree.root().keys(), tree.session().at('a').isLocked()]) {
        await expect(call).rejects.toThrow(NotConnectedError);
      }
    });
    expect(sent).toEqual([]);
    await expect(node.val()).rejects.toThrow('this RedisTree is closed; make a new one');
    if (target instanceof Object && 'isClosed' in target) await target.close();
  });

  test('before it was used never connects', async () => {
    const tree = new RedisTree({ client: 'redis://127.0.0.1:1' });
    await tree.close();
    await expect(tree.root().val()).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });

  test('frees nothing for those who have waited in vain, or have freed it themselves', async () => {
    const target = await backend.target();
    const [tree, other] = [
      new RedisTree({ client: target, namespace: 'closing' }),
      new RedisTree({ client: target, namespace: 'closing' }),
    ];
    const handle = await other.at('held').acquire();
    await tree.at('free').withLock(() => undefined);
    await expect(tree.at('held').acquire({ acquireTimeout: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });

    expect((await backend.commandsSent(() => tree.close())).filter((name) => name.startsWith('EVAL'))).toEqual([]);
    await handle.release();
    await other.close();
  });

  test('leaves others over the same client alone, however often it is closed', async () => {
    const client = await backend.readyClient();
    const [tree, lock] = [new RedisTree({ client, namespace: 'closing' }), new Lock(client, 'a')];
    await tree.root().set('x', 1);
    await lock.withLock(() => undefined);
    const held = await tree.at('held').acquire();

    await lock.close();
    await lock.close();

    expect(held.signal.aborted).toBe(false);
    await expect(tree.at('x').val()).resolves.toBe(1);
    await expect(lock.acquire()).rejects.toThrow(NotConnectedError);
    await held.release();
    await tree.close();
  });
});
