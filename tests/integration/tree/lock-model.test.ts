import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTree } from 'redatom/tree';
import { openExecutor } from '../../../src/executor/open/open';
import type { Executor } from '../../../src/executor/executor';
import { spaceKeysOf } from '../../../src/lock/subtree-lease';
import { treeLockAcquire, treeLockRelease, treeLockRenew, treeSet } from '../../../src/lua/catalog.generated';
import { pathOf } from '../../../src/path/tree-path';
import { describeOnEveryBackend } from '../../support/backends';

const PREFIX = 'tree:{model}';
const KEYS = spaceKeysOf(PREFIX);
const PATHS = ['', 'a', 'b', 'a.a', 'a.b', 'a.b.c', 'ab', 'b.a'].map(pathOf);
const SCOPES = ['u', 'u/1', 'u/1/1', 'u/2', 'v', 'v/1', 'w'];

interface Row {
  readonly id: string;
  readonly path: string;
  readonly mode: string;
  readonly scope: string;
}

type Intent = 'IS' | 'IX' | 'S' | 'X';

/** The textbook matrix: which modes two unrelated scopes may hold at one node at the same time. */
const TOGETHER: Record<Intent, readonly Intent[]> = { IS: ['IS', 'IX', 'S'], IX: ['IS', 'IX'], S: ['IS', 'S'], X: [] };

const encloses = (outer: string, inner: string): boolean => `${inner}/`.startsWith(`${outer}/`);
const areRelated = (one: Row, other: Row): boolean => encloses(one.scope, other.scope) || encloses(other.scope, one.scope);

/** Random numbers that are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

/** What a grant means at a node: its own mode at its path, and an intention at the ancestors. */
function intentAt(node: string, row: Row): Intent | undefined {
  if (row.path === node) return row.mode as Intent;
  return row.path.startsWith(node) ? (`I${row.mode}` as Intent) : undefined;
}

function matrixFaults(rows: readonly Row[]): string[] {
  const faults: string[] = [];
  for (const { encoded: node } of PATHS) {
    for (const one of rows) {
      for (const other of rows) {
        const [mine, its] = [intentAt(node, one), intentAt(node, other)];
        if (one === other || mine === undefined || its === undefined || areRelated(one, other)) continue;
        if (!TOGETHER[mine].includes(its)) faults.push(`${mine} of ${one.scope} and ${its} of ${other.scope} at "${node}"`);
      }
    }
  }
  return faults;
}

describeOnEveryBackend('the scripts of the locks of a tree', (backend) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await openExecutor(await backend.target());
  });
  beforeEach(() => backend.flush());
  afterAll(() => executor.close());

  const acquire = (row: Row, { waiterTtlMs = 0, held = '', leaseMs = 60_000 } = {}): Promise<[number, string | number]> => {
    const args = [row.id, row.scope, row.mode, String(leaseMs), String(waiterTtlMs), `${PREFIX}:wake`, row.path, held];
    return executor.evaluate({ script: treeLockAcquire, keys: KEYS, args }, (reply) => reply as [number, string]);
  };
  const release = (id: string): Promise<number> => executor.evaluate({ script: treeLockRelease, keys: KEYS, args: [id] }, Number);
  const renew = (id: string): Promise<number> => executor.evaluate({ script: treeLockRenew, keys: KEYS, args: [id, '60000'] }, Number);

  async function storedRows(): Promise<Row[]> {
    const [grants, exclusive, shared, deadlines] = await Promise.all([
      backend.send<string[] | Record<string, string>>('HGETALL', `${PREFIX}:grants`),
      ...[['exclusive'], ['shared'], ['deadlines']].map(([name]) => backend.send<string[]>('ZRANGE', `${PREFIX}:${name}`, '0', '-1')),
    ] as const);
    const pairs = Array.isArray(grants)
      ? grants.flatMap((id, at) => (at % 2 === 0 ? [[id, grants[at + 1] ?? '']] : []))
      : Object.entries(grants);
    const rows = pairs.map(([id = '', text = '']) => {
      const [mode = '', , , scope = '', path = ''] = text.split('\0');
      return { id, mode, scope, path };
    });
    const indexed = rows.map(({ id, mode, path }) => `${mode} ${path}\0${id}`).sort();
    expect([...(exclusive ?? []).map((row) => `X ${row}`), ...(shared ?? []).map((row) => `S ${row}`)].sort()).toEqual(indexed);
    expect([...(deadlines ?? [])].sort()).toEqual(rows.map(({ id }) => id).sort());
    return rows;
  }

  test('grant exactly what a naive model grants, obey the matrix, and keep the indexes in step, after every step', async () => {
    const roll = dice(20_260_101);
    const held: Row[] = [];
    for (let step = 0; step < 400; step++) {
      if (held.length > 0 && roll(5) < 2) {
        const [gone] = held.splice(roll(held.length), 1) as [Row];
        expect(await release(gone.id)).toBe(1);
      } else {
        const row = {
          id: `g${step}`,
          path: PATHS[roll(PATHS.length)]?.encoded ?? '',
          mode: roll(2) === 0 ? 'X' : 'S',
          scope: SCOPES[roll(SCOPES.length)] ?? '',
        };
        const isNested = (other: Row): boolean => row.path.startsWith(other.path) || other.path.startsWith(row.path);
        const isFree = !held.some(
          (other) => isNested(other) && !encloses(other.scope, row.scope) && !(row.mode === 'S' && other.mode === 'S'),
        );
        expect([row, (await acquire(row))[0]]).toEqual([row, isFree ? 1 : 0]);
        if (isFree) held.push(row);
      }
      const rows = await storedRows();
      expect(rows.length).toBe(held.length);
      expect(matrixFaults(rows)).toEqual([]);
    }
  });

  test('let a write through that names an exclusive lock of its path, or above it, and no other', async () => {
    const [, a, b, ab] = [...PATHS.slice(0, 3), PATHS[4]].map((path) => path?.encoded ?? '');
    const keys = ['document', 'ttl', 'ttl-paths', 'grants', 'exclusive', 'shared'].map((name) => `${PREFIX}:${name}`);
    const write = (id: string, path = ''): Promise<unknown> =>
      executor.evaluate({ script: treeSet, keys, args: [path, id, 'u', '0', '1', ''] }, (reply) => reply);
    await acquire({ id: 'own', path: a ?? '', mode: 'X', scope: 'u' });
    await acquire({ id: 'read', path: b ?? '', mode: 'S', scope: 'u' });

    expect([await write('own', ab), await write('own', a)]).toEqual([[1], [1]]);
    expect([await write('own', b), await write('own', ''), await write('read', b), await write('none', a)]).toEqual([
      [-1],
      [-1],
      [-1],
      [-1],
    ]);

    await acquire({ id: 'short', path: b ?? '', mode: 'X', scope: 'u' }, { leaseMs: 20 });
    await sleep(30);
    expect([await write('short', b), (await storedRows()).map(({ id }) => id)]).toEqual([[-1], expect.arrayContaining(['short'])]);
  });

  test('give no place in the queue to one who does not wait, and leave those of others', async () => {
    const place = PATHS[1]?.encoded ?? '';
    await acquire({ id: 'holder', path: place, mode: 'X', scope: 'u' });
    await acquire({ id: 'waiter', path: place, mode: 'X', scope: 'w' }, { waiterTtlMs: 60_000 });

    expect((await acquire({ id: 'hasty', path: place, mode: 'X', scope: 'v' }))[0]).toBe(0);

    expect(await backend.send('ZRANGE', `${PREFIX}:queue`, '0', '-1')).toEqual(['waiter']);
  });

  test('answer the same grant to a retry, and nothing to a second release', async () => {
    const row = { id: 'one', path: PATHS[1]?.encoded ?? '', mode: 'X', scope: 'u' };
    const first = await acquire(row);
    expect(await acquire(row)).toEqual(first);
    expect(await storedRows()).toHaveLength(1);
    expect([await release('one'), await release('one')]).toEqual([1, 0]);
  });

  test('change nothing for an id that is foreign or has ended', async () => {
    await acquire({ id: 'one', path: PATHS[1]?.encoded ?? '', mode: 'X', scope: 'u' });
    const before = await storedRows();
    expect([await release('foreign'), await renew('foreign')]).toEqual([0, 0]);
    expect(await storedRows()).toEqual(before);
    await release('one');
    expect([await renew('one'), await storedRows()]).toEqual([0, []]);
  });

  test('verify the claim of a caller that it holds a lock', async () => {
    const place = PATHS[3]?.encoded ?? '';
    await acquire({ id: 'holder', path: place, mode: 'S', scope: 'v' });
    await acquire({ id: 'waiter', path: place, mode: 'X', scope: 'w' }, { waiterTtlMs: 60_000 });
    const late = { id: 'late', path: place, mode: 'S', scope: 'u/1' };
    // Only the waiter before it is in its way, which only a holder may pass.
    expect((await acquire(late, { held: 'invented' }))[0]).toBe(0);
    expect((await acquire(late, { held: 'holder' }))[0]).toBe(0);
    await acquire({ id: 'own', path: PATHS[2]?.encoded ?? '', mode: 'X', scope: 'u' });
    expect((await acquire(late, { held: 'own' }))[0]).toBe(1);
  });

  test('hand over to exactly those whose turn it is', async () => {
    const place = PATHS[3]?.encoded ?? '';
    const messages: string[] = [];
    const listening = await executor.subscribe(`${PREFIX}:wake`, (message) => messages.push(message));
    await acquire({ id: 'holder', path: place, mode: 'X', scope: 'h' });
    for (const [index, mode] of ['S', 'S', 'X', 'S'].entries()) {
      await acquire({ id: `waiter${index}`, path: place, mode, scope: `s${index}` }, { waiterTtlMs: 60_000 });
    }
    await release('holder');
    await backend.send('PUBLISH', `${PREFIX}:wake`, 'end');
    // On a cluster a message may overtake others.
    while (!messages.includes('end') || messages.length < 3) await sleep(5);
    listening.stop();
    expect(messages.sort()).toEqual(['end', expect.stringMatching(/^waiter0 \d+$/), expect.stringMatching(/^waiter1 \d+$/)]);
    expect((await storedRows()).map(({ id }) => id).sort()).toEqual(['waiter0', 'waiter1']);
  });

  const [A, B] = [PATHS[1]?.encoded ?? '', PATHS[2]?.encoded ?? ''];
  const idsOfGrants = async (): Promise<string[]> => (await storedRows()).map(({ id }) => id).sort();

  test('hand over for as long as the place in the queue lasts, which a retry prolongs', async () => {
    const waiter = { id: 'waiter', path: A, mode: 'X', scope: 'w' };
    const leftMs = async (): Promise<number> => {
      const [endsMs, [seconds]] = await Promise.all([
        backend.send('ZSCORE', `${PREFIX}:deadlines`, 'waiter'),
        backend.send<[string, string]>('TIME'),
      ]);
      return Number(endsMs) - Number(seconds) * 1_000;
    };
    await acquire({ id: 'holder', path: A, mode: 'X', scope: 'h' });
    await acquire(waiter, { waiterTtlMs: 5_000 });
    await release('holder');
    expect(await leftMs()).toBeLessThanOrEqual(6_000);
    expect((await acquire(waiter))[0]).toBe(1);
    expect(await leftMs()).toBeGreaterThan(30_000);
  });

  const passersBy: [string, () => Promise<unknown>][] = [
    ['asks for another', () => acquire({ id: 'other', path: B, mode: 'X', scope: 'o' })],
    ['releases what it has not', () => release('other')],
  ];

  test.each(passersBy)('hand over what has ended when somebody %s', async (_, pass) => {
    await acquire({ id: 'holder', path: A, mode: 'X', scope: 'h' }, { leaseMs: 50 });
    await acquire({ id: 'waiter', path: A, mode: 'X', scope: 'w' }, { waiterTtlMs: 60_000 });
    await sleep(60);
    await pass();
    expect(await idsOfGrants()).toContain('waiter');
  });

  test('hand over to those behind one whose place in the queue has ended', async () => {
    await acquire({ id: 'holder', path: A, mode: 'X', scope: 'h' });
    await acquire({ id: 'dead', path: A, mode: 'X', scope: 'd' }, { waiterTtlMs: 20 });
    await acquire({ id: 'next', path: A, mode: 'X', scope: 'n' }, { waiterTtlMs: 60_000 });
    await sleep(30);
    await release('holder');
    expect(await idsOfGrants()).toEqual(['next']);
  });

  test('hand over past the queue to a waiter whose own lock the waiters before it need', async () => {
    await acquire({ id: 'holder', path: A, mode: 'X', scope: 'h' });
    await acquire({ id: 'own', path: B, mode: 'X', scope: 'u' });
    await acquire({ id: 'all', path: '', mode: 'X', scope: 'w' }, { waiterTtlMs: 60_000 });
    await acquire({ id: 'inner', path: A, mode: 'X', scope: 'u' }, { waiterTtlMs: 60_000, held: 'own' });
    await release('holder');
    expect(await idsOfGrants()).toEqual(['inner', 'own']);
  });

  test('hand over to those behind a waiter that has left, because it gave up or would wait for ever', async () => {
    const reader = { id: 'reader', path: A, mode: 'S', scope: 'r' };
    const writer = { id: 'writer', path: A, mode: 'X', scope: 'w' };
    await acquire(reader);
    for (const leave of [() => release('writer'), () => acquire(writer, { waiterTtlMs: 60_000, held: 'own' })]) {
      await acquire({ id: 'own', path: B, mode: 'X', scope: 'w' });
      await acquire(writer, { waiterTtlMs: 60_000, held: 'own' });
      await acquire({ id: 'next', path: A, mode: 'S', scope: 'n' }, { waiterTtlMs: 60_000 });
      // The reader, which is waited for, waits in turn, without saying that it holds something.
      await acquire({ id: 'crossing', path: B, mode: 'X', scope: 'r' }, { waiterTtlMs: 60_000 });
      expect(await idsOfGrants()).toEqual(['own', 'reader']);
      await leave();
      expect(await idsOfGrants()).toEqual(['next', 'own', 'reader']);
      for (const id of ['next', 'crossing', 'own']) await release(id);
    }
  });

  test('find a ring behind all others who wait', async () => {
    await acquire({ id: 'a', path: A, mode: 'X', scope: 'u' });
    await acquire({ id: 'b', path: B, mode: 'X', scope: 'v' });
    for (let at = 0; at < 100; at++) await acquire({ id: `w${at}`, path: A, mode: 'X', scope: `w${at}` }, { waiterTtlMs: 60_000 });
    await acquire({ id: 'crossing', path: A, mode: 'X', scope: 'v' }, { waiterTtlMs: 60_000, held: 'b' });

    expect(await acquire({ id: 'closing', path: B, mode: 'X', scope: 'u' }, { waiterTtlMs: 60_000, held: 'a' })).toEqual([-1, B]);
  });

  test.each([
    [257, -1],
    [258, 0],
  ])('look at 256 locks of others for a ring: of %d the answer is %d', async (length, outcome) => {
    const place = (at: number): string => pathOf(['ring', String(at % length)]).encoded;
    for (let at = 0; at < length; at++) await acquire({ id: `held${at}`, path: place(at), mode: 'X', scope: `s${at}` });
    let answer: unknown;
    for (let at = 0; at < length; at++) {
      const next = { id: `next${at}`, path: place(at + 1), mode: 'X', scope: `s${at}` };
      answer = (await acquire(next, { waiterTtlMs: 60_000, held: `held${at}` }))[0];
    }
    expect(answer).toBe(outcome);
  });

  /** Lets a lock end together with so many others that no script removes it along with them. Resolves to its fence. */
  async function endWithOthers(one: Row): Promise<unknown> {
    const [, fence] = await acquire(one, { leaseMs: 700 });
    const others = Array.from({ length: 128 }, (_, index) => ({ id: `other${index}`, path: B, mode: 'S', scope: `o${index}` }));
    await Promise.all(others.map((other) => acquire(other, { leaseMs: 600 })));
    await sleep(750);
    return fence;
  }

  test('renew nothing that has ended, nor take it up again, however much has ended with it', async () => {
    const one = { id: 'one', path: A, mode: 'X', scope: 'u' };
    const fence = await endWithOthers(one);
    expect(await renew('one')).toBe(0);
    const [outcome, newFence] = await acquire(one);
    expect([outcome, Number(newFence) > Number(fence)]).toEqual([1, true]);
  });

  test('take nothing that has ended for held, however much has ended with it', async () => {
    const C = pathOf('c').encoded;
    await acquire({ id: 'reader', path: C, mode: 'S', scope: 'v' });
    await acquire({ id: 'writer', path: C, mode: 'X', scope: 'w' }, { waiterTtlMs: 60_000 });
    await endWithOthers({ id: 'one', path: A, mode: 'X', scope: 'u' });
    // A scope that holds something would be let past the writer.
    expect((await acquire({ id: 'next', path: C, mode: 'S', scope: 'u' }, { waiterTtlMs: 60_000, held: 'one' }))[0]).toBe(0);

    await endWithOthers({ id: 'two', path: A, mode: 'X', scope: 'u' });
    expect(await release('two')).toBe(0);
  });

  test('leave every set empty after leases have ended, by one operation', async () => {
    const tree = new RedisTree({ client: await backend.target(), namespace: 'model' });
    for (let index = 0; index < 5; index++)
      await tree.at(`a.n${index}`).acquire({ expireTimeout: 0.1, autoRenew: false, shared: index > 2 });
    await sleep(130);
    await tree.at('b').withLock(() => undefined);
    expect(await storedRows()).toEqual([]);
    await tree.close();
  });
});
