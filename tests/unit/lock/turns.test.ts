import { setTimeout as sleep } from 'node:timers/promises';
import type { Executor } from '../../../src/executor/executor';
import { takeTurn, type Entry, type Turn } from '../../../src/lock/turns';

const LIMITS = { waitMs: 1000, signal: undefined };
const HELD = { forfeit: (): void => undefined };

/** Notes the tokens that are withdrawn; nothing here is answered by a server. */
function lineOf(): { executor: Executor; withdrawn: unknown[]; join: (token: string) => ReturnType<typeof takeTurn> } {
  const withdrawn: unknown[] = [];
  const evaluate = ({ args }: { args: readonly unknown[] }): Promise<void> => {
    withdrawn.push(args[0]);
    return Promise.resolve();
  };
  const executor = { evaluate, beforeClose: () => undefined } as unknown as Executor;
  const join = (token: string): ReturnType<typeof takeTurn> =>
    takeTurn({ executor, lockKey: 'lock', candidate: { documentKey: 'document', token, ttlMs: 100 } }, LIMITS);
  return { executor, withdrawn, join };
}

describe('turns at a lock', () => {
  // Turns are handed over for a few milliseconds only, and a busy machine may need as long for one line.
  beforeEach(() => void jest.spyOn(performance, 'now').mockReturnValue(1));
  afterEach(() => jest.restoreAllMocks());

  test('hand over to the next one what the server answered for it', async () => {
    const { join, withdrawn } = lineOf();
    const first = join('a') as Turn;
    const second = join('b');
    first.granted(HELD);
    expect(first.successor()).toMatchObject({ token: 'b' });
    first.freed([7, '{}']);
    first.end();

    expect(await second).toMatchObject({ handed: { fence: 7, document: '{}' }, mayHold: true });
    expect(withdrawn).toEqual([]);
  });

  test('let the successor ask when nobody knows whether it has the lock', async () => {
    const { join, withdrawn } = lineOf();
    const first = join('a') as Turn;
    const second = join('b');
    first.granted(HELD);
    first.successor();
    first.end();

    expect(await second).toMatchObject({ handed: undefined, mayHold: true });
    expect(withdrawn).toEqual([]);
  });

  test('withdraw what was handed to a task that has left, and let the next one ask', async () => {
    const { executor, withdrawn, join } = lineOf();
    const first = join('a') as Turn;
    const abort = new AbortController();
    const candidate = { documentKey: 'document', token: 'b', ttlMs: 100 };
    const second = takeTurn({ executor, lockKey: 'lock', candidate }, { ...LIMITS, signal: abort.signal });
    const third = join('c');
    first.granted(HELD);
    expect(first.successor()).toMatchObject({ token: 'b' });
    abort.abort();
    first.freed([7, '{}']);
    first.end();

    expect(await second).toMatchObject({ turn: undefined });
    expect(await third).toMatchObject({ handed: undefined, mayHold: false });
    expect(withdrawn).toEqual(['b']);
  });

  test('end only once: a later answer changes nothing for the tasks whose turn it is then', async () => {
    const { join } = lineOf();
    const first = join('a') as Turn;
    const second = join('b');
    const third = join('c');
    first.granted(HELD);
    first.successor();
    first.end();
    const { turn } = (await second) as Entry;
    first.freed([7, 'too late']);
    expect(first.successor()).toBeUndefined();
    first.end();
    turn.granted(HELD);
    turn.successor();
    turn.end();

    expect(await third).toMatchObject({ handed: undefined, mayHold: true });
  });

  test('are not waited for by a task whose signal cannot be listened to', async () => {
    const { executor, join } = lineOf();
    const first = join('a') as Turn;
    const refused = new Error('cannot be listened to');
    const addEventListener = (): never => {
      throw refused;
    };
    const candidate = { documentKey: 'document', token: 'b', ttlMs: 100 };
    const signal = { addEventListener } as unknown as AbortSignal;
    await expect(takeTurn({ executor, lockKey: 'lock', candidate }, { waitMs: 1, signal })).rejects.toBe(refused);
    const third = join('c');
    await sleep(20);
    first.end();

    expect(await third).toMatchObject({ handed: undefined, mayHold: false });
  });
});
