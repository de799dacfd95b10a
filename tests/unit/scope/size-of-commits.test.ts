import type { Operation } from '../../../src/command/operation';
import { addToNumber } from '../../../src/command/operations/numbers';
import { newState } from '../../../src/model/hydrate';
import { JsonPath } from '../../../src/path/json-path';
import { schemaOf } from '../../../src/schema/compile';
import { byDocument } from '../../../src/scope/commit/by-document';
import { stepsOf } from '../../../src/scope/commit/commit-steps';
import type { DocumentRoot } from '../../../src/scope/document-root';
import { whenReady } from '../../../src/scope/in-turn';
import { PipelineScope, type QueuedOperation } from '../../../src/scope/pipeline-scope';
import { User } from '../../support/user';

const SIZE = 1000;

function documents(): DocumentRoot[] {
  return Array.from({ length: SIZE }, (_, at) => newState({ schema: schemaOf(User), key: `User:${at}` }, {}).root);
}

/** An array that counts how often its items are read. */
function counted<T>(items: readonly T[]): { items: readonly T[]; reads: () => number } {
  let reads = 0;
  const counting = new Proxy(items, {
    get(target, name, receiver): unknown {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads += 1;
      return Reflect.get(target, name, receiver);
    },
  });
  return { items: counting, reads: () => reads };
}

function addition(): Operation {
  return addToNumber({ path: JsonPath.root.member('score'), whole: true, local: 0 }, { verb: 'add', by: 1 });
}

describe('a pipeline over many documents', () => {
  test('reads its queue a few times, not once for each of them', () => {
    const roots = documents();
    const queue = counted<QueuedOperation>(roots.map((root) => ({ root, operation: addition() })));

    const { steps } = stepsOf({ queue: queue.items, locks: [], checkVersion: true }, byDocument(queue.items), []);

    expect(steps).toHaveLength(2 * SIZE);
    expect(queue.reads()).toBeLessThan(4 * SIZE);
  });

  test('finds out whether a document belongs to it without reading all of them', () => {
    const roots = documents();
    const members = counted(roots);
    const scope = new PipelineScope(members.items);
    const inner = new PipelineScope(members.items, scope, scope);
    const before = members.reads();

    for (const root of roots) expect(inner.scopeFor(root)).toBe(inner);
    for (const { key } of roots) expect(inner.collectorOf(`${key}:other`, inner)).toBeUndefined();
    inner.close();
    for (const root of roots) expect(root.openPipeline).toBe(scope);

    expect(members.reads() - before).toBeLessThan(6 * SIZE);
  });

  test('asks with each answer to a verb of one of them whether that one was waited for, not all of them', async () => {
    const roots = documents();
    for (const root of roots) root.begin();
    const members = counted(roots);
    const start = jest.fn(async () => 'sent');
    const sent = whenReady(members.items, { level: 'applied', call: undefined }, start);
    const before = members.reads();

    for (const root of roots) {
      expect(start).not.toHaveBeenCalled();
      root.end();
    }

    await expect(sent).resolves.toBe('sent');
    expect(members.reads() - before).toBeLessThan(4 * SIZE);
  });
});
