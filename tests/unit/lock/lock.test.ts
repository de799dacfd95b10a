import { RedisConnectionError } from '../../../src/errors/connection';
import type { Executor, Listening } from '../../../src/executor/executor';
import type { ScriptCall } from '../../../src/executor/request';
import type { CallOptions } from '../../../src/input/call-options';
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

describe('a lock that is asked for again at the last moment', () => {
  test('is asked for long enough to be written, so that its holder is to blame and not the connection', async () => {
    const limits: (number | undefined)[] = [];
    const evaluate = async (_: ScriptCall, decode: (reply: unknown) => unknown, { timeoutMs }: CallOptions): Promise<unknown> => {
      limits.push(timeoutMs);
      return decode(1); // Milliseconds until its lease ends.
    };
    const subscribe = (): Promise<Listening> => Promise.resolve({ isOpen: true, stop: () => undefined });
    const executor = { evaluate, subscribe, beforeClose: () => undefined } as unknown as Executor;

    await expect(acquireLock(executor, TARGET, lockSettings({ waitMs: 200 }))).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', waitMs: 200 });

    expect(limits.length).toBeGreaterThan(1);
    expect(Math.min(...limits.slice(1).map(Number))).toBeGreaterThanOrEqual(20);
  });
});

describe('a lock that may have been handed over', () => {
  // Locks are handed over for a few milliseconds only, and a busy machine may need as long for one line.
  beforeEach(() => void jest.spyOn(performance, 'now').mockReturnValue(1));
  afterEach(() => jest.restoreAllMocks());

  test('is freed by a task that gives up before it knows whether it has the lock', async () => {
    const sent: ScriptCall[] = [];
    let isOffline = false;
    const evaluate = async (call: ScriptCall, decode: (reply: unknown) => unknown): Promise<unknown> => {
      sent.push(call);
      if (call.script.name === 'lock-release') return decode(1);
      if (isOffline) throw new RedisConnectionError('there is no connection');
      return decode([1, '{}']);
    };
    const executor = { evaluate, beforeClose: () => undefined } as unknown as Executor;
    const settings = lockSettings({});
    const { lease } = await acquireLock(executor, TARGET, settings);
    const next = acquireLock(executor, TARGET, settings).catch((error: unknown) => error);
    const [, successor] = lease.freeing().args;
    isOffline = true;
    lease.turn.end();

    expect(await next).toBeInstanceOf(RedisConnectionError);
    expect(sent.map(({ script, args }) => [script.name, args[0]])).toEqual([
      ['lock-acquire', lease.token],
      ['lock-acquire', successor],
      ['lock-release', successor],
    ]);
  });
});
