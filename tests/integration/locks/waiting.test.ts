import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Model, type LockOptions } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

// A waiter asks again within a second anyway, so a machine that stalls for that long looks like a missed message.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

/** The same documents over a connection of its own, which counts as another process for the lock. */
@Model({ prefix: 'User' })
class Outsider extends User {}

/** Scripts that two holders run if each of them asks only once. */
const LOCKS_AND_RELEASES = 4;

describeOnEveryBackend('waiting for a lock', (backend) => {
  useModels(backend, User);

  /** Stores a lock of a holder that redatom knows nothing of. */
  async function takenByAnother(user: User, leaseMs: number): Promise<void> {
    await backend.send('SET', `{${user.key}}/work:lock`, 'another', 'PX', String(leaseMs));
  }

  test('waitMs 0 tries once', async () => {
    const user = await createUser();
    await takenByAnother(user, 5000);
    let ran = false;

    const sent = await backend.roundTrips(async () => {
      const work = user.withLock('work', () => (ran = true), { waitMs: 0 });
      await expect(work).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', action: 'work', waitMs: 0, key: user.key });
    });

    expect(ran).toBe(false);
    expect(sent).toEqual(['EVALSHA']);
  });

  test('only a caller that waits asks to be told of the release', async () => {
    const user = await createUser();
    await takenByAnother(user, 5000);
    const isWaitedFor = (): Promise<number> => backend.send('EXISTS', `{${user.key}}/work:lock:waiting`);

    await expect(user.withLock('work', () => undefined, { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(await isWaitedFor()).toBe(0);
    await expect(user.withLock('work', () => undefined, { waitMs: 1 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(await isWaitedFor()).toBe(1);
  });

  test('gives up after waitMs', async () => {
    const user = await createUser();
    // A waiter that did not give up would ask again when this lease ends.
    await takenByAnother(user, 950);
    const began = performance.now();

    await expect(user.withLock('work', () => undefined, { waitMs: 400 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', waitMs: 400 });

    expect(performance.now() - began).toBeGreaterThan(390);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(1);
  });

  test('enters when the lease of a crashed holder ends', async () => {
    const user = await createUser();
    await takenByAnother(user, 200);

    await expect(user.withLock('work', () => 'in')).resolves.toBe('in');
  });

  test('whatever stands in the place of the lock is another holder', async () => {
    const user = await createUser();
    await backend.send('RPUSH', `{${user.key}}/work:lock`, 'no lock');

    await expect(user.withLock('work', () => 'in', { waitMs: 0 })).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', key: user.key });
  });

  test('is woken by the release, long before the lease ends, and does not ask meanwhile', async () => {
    const user = await createUser();
    await using _outside = await connect(await backend.target(), { models: [Outsider] });
    const askedFor = async (): Promise<number> => {
      const sent = await backend.commandsSent(async () => {
        const handle = await Outsider.lockFromKey(user.key, 'work', { ttlMs: 60_000 });
        // Less than the second after which a waiter asks without a message.
        const waiting = user.withLock('work', () => 'in', { waitMs: 900 });
        await sleep(100);
        // A message while the lock is held, as if somebody else had been faster.
        await backend.send('PUBLISH', `{${user.key}}/work:lock`, 'free');
        await sleep(50);
        await handle.release();
        await expect(waiting).resolves.toBe('in');
      });
      return sent.filter((name) => name.startsWith('EVAL')).length - LOCKS_AND_RELEASES;
    };

    // The waiter asks at first and for each message. If it has to subscribe first, it asks once more after that.
    expect(await askedFor()).toBeLessThanOrEqual(3);
    expect(await askedFor()).toBeLessThanOrEqual(2);
  });

  test('a signal ends the wait', async () => {
    const user = await createUser();
    await takenByAnother(user, 5000);
    const abort = new AbortController();
    const waiting = user.withLock('work', () => undefined, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 30);

    await expect(waiting).rejects.toMatchObject({ code: 'REDIS_CONNECTION', key: user.key, cause: { message: 'enough' } });
  });

  test('a signal that was aborted before keeps it from being asked for', async () => {
    const user = await createUser();
    let ran = false;

    await expect(user.withLock('work', () => (ran = true), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'REDIS_CONNECTION',
    });

    expect(ran).toBe(false);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('a signal that was aborted before keeps it from being handed over', async () => {
    const user = await createUser();
    const handle = await user.lock('work');
    let ran = false;

    const waiting = User.withLockFromKey(user.key, 'work', () => (ran = true), { signal: AbortSignal.abort() });
    await Promise.all([expect(waiting).rejects.toMatchObject({ code: 'REDIS_CONNECTION' }), handle.release()]);

    expect(ran).toBe(false);
    expect(await backend.send('EXISTS', `{${user.key}}/work:lock`)).toBe(0);
  });

  test('those of one process enter in the order in which they came', async () => {
    const user = await createUser();
    const order: number[] = [];
    const handle = await user.lock('work');
    const waiting = [1, 2, 3, 4].map(async (n) => User.withLockFromKey(user.key, 'work', () => void order.push(n)));
    await sleep(20);
    await handle.release();

    await Promise.all(waiting);

    expect(order).toEqual([1, 2, 3, 4]);
  });

  test('one that gives up does not hold up those behind it', async () => {
    const user = await createUser();
    const handle = await user.lock('work');
    const impatient = User.withLockFromKey(user.key, 'work', () => 'impatient', { waitMs: 30 });
    const another = User.withLockFromKey(user.key, 'work', () => 'another', { waitMs: 60 });
    const patient = User.withLockFromKey(user.key, 'work', () => 'patient');

    await expect(impatient).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await expect(another).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await handle.release();

    await expect(patient).resolves.toBe('patient');
  });

  test('one that has given up, or has entered, takes no place of another when its time is over or its signal aborts', async () => {
    const user = await createUser();
    const handle = await user.lock('work');
    const [early, late] = [new AbortController(), new AbortController()];
    const givenUp = User.withLockFromKey(user.key, 'work', () => 'given up', { signal: early.signal, waitMs: 30 });
    const entered = User.withLockFromKey(user.key, 'work', () => late.abort(), { signal: late.signal });
    const behind = User.withLockFromKey(user.key, 'work', () => 'behind', { waitMs: 5000 });

    early.abort();
    await expect(givenUp).rejects.toMatchObject({ code: 'REDIS_CONNECTION' });
    await sleep(50);
    await handle.release();

    await entered;
    await expect(behind).resolves.toBe('behind');
  });

  test.each([{ ttlMs: 50 }, { ttlMs: 1.5 }, { waitMs: -1 }, { waitMs: NaN }, { maxHoldMs: 0 }])('%j is refused', async (options) => {
    const user = await createUser();

    await expect(user.withLock('work', () => undefined, options)).rejects.toThrow(RangeError);
    await expect(user.withLock('work', () => 'free', { waitMs: 0 })).resolves.toBe('free');
  });

  const wrong: [LockOptions, string][] = [
    [{ signal: null as never }, 'signal must be an AbortSignal, found null'],
    [{ signal: {} as never, waitMs: 20 }, 'signal must be an AbortSignal, found an object'],
    [{ waitMs: '5' as never }, 'waitMs must be a number of milliseconds of at least 0, found the text "5"'],
  ];

  test.each(wrong)('%j is refused, and holds up nobody', async (options, message) => {
    const user = await createUser();
    const waiter = await User.get(user.key);

    await expect(user.withLock('work', () => undefined, options)).rejects.toThrow(message);
    const handle = await user.lock('work', { waitMs: 1000 });
    await expect(waiter.withLock('work', () => undefined, options)).rejects.toThrow(message);
    await expect(user.withLock('work', () => undefined, options)).rejects.toThrow(message);
    const waiting = waiter.withLock('work', () => 'in', { waitMs: 1000 });
    await sleep(50);
    await handle.release();

    await expect(waiting).resolves.toBe('in');
  });
});
