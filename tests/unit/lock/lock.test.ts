import type { Executor } from '../../../src/executor/executor';
import { acquireLock } from '../../../src/lock/lock';
import { lockSettings } from '../../../src/lock/lock-options';

const TARGET = { documentKey: 'User:ada', action: 'work', model: 'User', purpose: { verb: 'lock' } };

describe('a lock that cannot be asked for', () => {
  test('holds up nobody who wants it later, also when that shows before anything was sent', async () => {
    const refused = new TypeError('not sent');
    const evaluate = (): never => {
      throw refused;
    };
    const executor = { evaluate, beforeClose: () => undefined } as unknown as Executor;
    const settings = lockSettings({ waitMs: 50 });

    await expect(acquireLock(executor, TARGET, settings)).rejects.toBe(refused);
    const later = await Promise.allSettled([1, 2].map(() => acquireLock(executor, TARGET, settings)));

    expect(later).toEqual([1, 2].map(() => ({ status: 'rejected', reason: refused })));
  });
});
