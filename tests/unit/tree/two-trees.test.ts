import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions } from '../../../src/input/call-options';
import { TreePath } from '../../../src/path/tree-path';
import { LockHolder } from '../../../src/tree/lock-holder';
import type { TreeContext } from '../../../src/tree/tree-context';
import { TreeNode } from '../../../src/tree/tree-node';
import type { TreeStore } from '../../../src/tree/tree-store';

const LIMIT_MS = 10_000;
const OPENING_MS = 50;

/** A node whose connection is there after `openingMs`, and which notes how long each read may take. */
function node(store: Partial<TreeStore>, openingMs: number): TreeNode {
  const context = { store: () => sleep(openingMs, store), prefix: 'tree:{t}', lockDefaults: {}, enforceLocks: false };
  return new TreeNode(context as unknown as TreeContext, TreePath.root, new LockHolder());
}

describe('two nodes that are compared', () => {
  const limits: (number | undefined)[] = [];
  const store = (): Partial<TreeStore> => ({
    read: (_verb: string, _paths: unknown, call?: CallOptions) => {
      limits.push(call?.timeoutMs);
      return Promise.resolve([1, 1]);
    },
  });
  beforeEach(() => limits.splice(0));

  test('are read together in what is left of the time when both connections are there', async () => {
    const both = store();

    await node(both, OPENING_MS).equals(node(both, OPENING_MS), { timeoutMs: LIMIT_MS });

    expect(limits).toEqual([expect.any(Number)]);
    expect(limits[0]).toBeLessThan(LIMIT_MS - 1.5 * OPENING_MS);
  });

  test('are each read in what is left of the time when they belong to different trees', async () => {
    await node(store(), OPENING_MS).equals(node(store(), OPENING_MS), { timeoutMs: LIMIT_MS });

    expect(limits).toHaveLength(2);
    for (const limit of limits) expect(limit).toBeLessThan(LIMIT_MS - 2.5 * OPENING_MS);
  });
});
