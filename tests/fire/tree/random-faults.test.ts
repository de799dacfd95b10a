import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { RedisTree, type TreeNode } from 'redatom/tree';
import { TcpProxy } from '../../support/tcp-proxy';
import { describeOnOwnServers, type OwnServer } from '../support/own-servers';
import {
  codeOfSection,
  expectTruth,
  letHappen,
  newMark,
  randomFault,
  type RandomFault,
  type Told,
  type Wrote,
} from '../support/random-faults';
import { untilConnected } from '../support/until-connected';

const CALL = { timeoutMs: 150 };
const LOCK = { acquireTimeout: 0.4, expireTimeout: 0.3 };

type Change = (tree: RedisTree, mark: string, wrote: Wrote) => Promise<unknown>;

/** Reads, and writes a value made from what it read: overwriting another change removes the mark of that change. */
async function append(node: TreeNode, mark: string, wrote: Wrote): Promise<void> {
  const text = (await node.val('', CALL)) as string;
  await wrote(node.assign(`${text}${mark}`, CALL));
}

const CHANGES = {
  set: (tree, mark) => tree.at('loose.marks').set([mark], 1, CALL),
  'set with a time to live': (tree, mark) => tree.at('loose').set(['timed', mark], 1, { expire: 60, ...CALL }),
  add: (tree, mark) => tree.at(['loose', 'sums', mark]).add(1, CALL),
  'under the lock of the node': (tree, mark, wrote) => tree.at('shared.text').withLock((node) => append(node, mark, wrote), LOCK),
  'under the lock of its parent': (tree, mark, wrote) => tree.at('shared').withLock((node) => append(node.get('text'), mark, wrote), LOCK),
  'under a lock that is held by hand': async (tree, mark, wrote) => {
    await using lock = await tree.at('shared.text').acquire(LOCK);
    await append(lock.node, mark, wrote);
  },
} satisfies Record<string, Change>;

interface Step {
  readonly name: keyof typeof CHANGES;
  /** Happens to the next request of this connection that contains the text `request`. */
  readonly fault: RandomFault;
  readonly request: string;
}

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    name: fc.constantFrom(...(Object.keys(CHANGES) as (keyof typeof CHANGES)[])),
    fault: randomFault,
    request: fc.constantFrom('', '<'),
  }),
  { minLength: 1, maxLength: 4 },
);

async function runChange(tree: RedisTree, name: keyof typeof CHANGES): Promise<Told> {
  const mark = newMark();
  return { call: name, code: await codeOfSection((wrote) => CHANGES[name](tree, mark, wrote)), mark };
}

/** Makes the changes of one process, one after the other, over a connection that fails. */
async function runProcess(server: OwnServer, changes: readonly Step[]): Promise<Told[]> {
  const proxy = await TcpProxy.start(server.url);
  const tree = new RedisTree({ client: { url: proxy.url, timeoutMs: 1_000 }, namespace: 'random' });
  const told: Told[] = [];
  try {
    await untilConnected(() => tree.root().exists());
    for (const { name, fault, request } of changes) {
      await letHappen(fault, { server, proxy, request });
      told.push(await runChange(tree, name));
    }
  } finally {
    await tree.close();
    await proxy.close();
  }
  return told;
}

describeOnOwnServers('changes of a tree over connections that fail at random', (server) => {
  test('are done once, not at all, or unknown, as reported, and none is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 2, maxLength: 3 }), async (programs) => {
        await server().send('FLUSHALL');
        const told = (await Promise.all(programs.map((changes) => runProcess(server(), changes)))).flat();
        await sleep(20);
        const tree = new RedisTree({ client: server().url, namespace: 'random' });
        expectTruth(JSON.stringify((await tree.root().val()) ?? {}), told);
        expect(Object.values((await tree.at('loose.sums').val({})) as object).filter((sum) => sum !== 1)).toEqual([]);
        // Nobody keeps a lock for longer than its lease.
        expect(await tree.root().withLock(() => 'free', { acquireTimeout: 2 })).toBe('free');
        await tree.close();
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});
