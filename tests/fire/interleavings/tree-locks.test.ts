import { RedisTree } from 'redatom/tree';
import { explore } from './explore';
import { sections, type FaultKind, type Section, type Subject } from './sections';
import { useVirtualClock } from './virtual-clock';

const PREFIX = 'tree:{diary}';
const ROWS = ['grants', 'waiters'].map((name) => `${PREFIX}:${name}`);

const pathOf = ({ path = 'a' }: Section): string => `${path}.`;

const subtrees: Subject = {
  arrange: (server) => void server.run('JSON.SET', `${PREFIX}:document`, '$', '{"a":{"text":"","b":{"text":""}},"c":{"text":""}}'),
  open: async (client) => {
    const tree = new RedisTree({ client, namespace: 'diary' });
    return {
      run: ({ path = 'a', shared, ttlMs = 30_000, waitMs = 10_000 }, signal, work) =>
        tree
          .at(path)
          .withLock(
            (node, lock) =>
              work(lock, { read: async () => (await node.get('text').val()) as string, write: (text) => node.get('text').assign(text) }),
            { shared, signal, expireTimeout: ttlMs / 1_000, acquireTimeout: waitMs / 1_000 },
          ),
      close: () => tree.close(),
    };
  },
  exclude: (one, other) => {
    const [mine, its] = [pathOf(one), pathOf(other)];
    return (mine.startsWith(its) || its.startsWith(mine)) && !(one.shared === true && other.shared === true);
  },
  stored: (server) => JSON.parse(server.run<string>('JSON.GET', `${PREFIX}:document`, '$..text')) as string[],
  // Rows of ended leases stay until a later call removes them.
  left: (server) => ROWS.flatMap((key) => server.run<string[]>('HVALS', key)).filter((row) => Number(row.split('\0')[1]) > Date.now()),
  lose: (server) => void server.run('DEL', ...['grants', 'exclusive', 'shared', 'deadlines'].map((name) => `${PREFIX}:${name}`)),
};

const A1 = { name: 'A1' };
const A2 = { name: 'A2' };
const B1 = { name: 'B1' };
const B2 = { name: 'B2' };
const LONG = { workMs: 500 };

describe('sections under locks of a tree, in the orders in which requests, answers and messages can come', () => {
  const clock = useVirtualClock();

  test.each<[string, Section[], FaultKind[]]>([
    ['of two processes', [A1, B1], ['scripts forgotten']],
    ['one of which gives up', [A1, { ...B1, aborts: true }, A2], []],
    ['one of which waits no longer than another works', [{ ...A1, workMs: 400 }, { ...B1, waitMs: 400 }, A2], []],
    ['of readers and writers', [{ ...A1, shared: true }, B1, { ...A2, shared: true }, { ...B2, path: 'a.b' }], []],
    ['above and below one another', [{ ...A1, path: 'a.b' }, B1, { ...A2, path: 'c' }, { ...B2, path: 'a.b' }], []],
    ['over connections that are cut', [A1, { ...B1, aborts: true }, A2], ['cuts']],
    [
      'over connections that are away for longer than a place in the queue',
      [
        { ...A1, workMs: 335 },
        { ...B1, workMs: 1_500 },
        { ...A2, ...LONG },
      ],
      ['long cuts'],
    ],
    ['that are lost', [A1, B1, A2], ['losses']],
    ['of processes that are paused', [{ ...A1, ...LONG }, B1, { ...A2, ...LONG }], ['pauses']],
  ])('%s', async (_, plans, faults) => {
    expect(await explore(sections(subtrees, plans, faults), clock, 30)).toBeGreaterThan(20);
  });
});
