import fc from 'fast-check';
import type { Json } from '../../../src/codec/codec';
import { sameItem } from '../../../src/command/checks';
import { withGuards, withSeeds, type Operation } from '../../../src/command/operation';
import { addToMember, deleteMember } from '../../../src/command/operations/dicts';
import { appendItems, dropItem, insertItems, replaceList } from '../../../src/command/operations/lists';
import { addToNumber } from '../../../src/command/operations/numbers';
import { appendText } from '../../../src/command/operations/texts';
import { seedOf, setValue } from '../../../src/command/operations/values';
import { JsonPath } from '../../../src/path/json-path';
import { Coalescer } from '../../../src/scope/commit/coalesce';
import { isCheck, Planner } from '../../../src/scope/commit/plan';
import { StoredDocument } from './stored-document';

const { root } = JsonPath;

/** What is stored afterwards; undefined when a check refused. */
type Outcome = Json | undefined;

/** The meaning of a queue: one operation after the other, each with its checks. */
function oneByOne(stored: Json, queue: readonly Operation[]): Outcome {
  const document = new StoredDocument(structuredClone(stored));
  for (const { guards = [], seeds = [], checks, writes } of queue) {
    if (!guards.every((check) => document.holds(check))) return undefined;
    for (const seed of seeds) {
      if (!seed.checks.every((check) => document.holds(check))) return undefined;
      document.apply(seed.write);
    }
    if (!checks.every((check) => document.holds(check))) return undefined;
    for (const write of writes) document.apply(write);
  }
  return document.value;
}

/** The same as a commit does it: fewer operations, and most checks before the first write. */
function asCommit(stored: Json, queue: readonly Operation[]): Outcome {
  const document = new StoredDocument(structuredClone(stored));
  const planner = new Planner();
  const planned = coalesced(queue).map(({ operation }) => planner.plan(operation));
  for (const { early } of planned) if (!early.every((check) => document.holds(check))) return undefined;
  for (const step of planned.flatMap(({ steps }) => steps)) {
    if (!isCheck(step)) document.apply(step);
    else if (!document.holds(step)) return undefined;
  }
  return document.value;
}

function coalesced(queue: readonly Operation[]): ReturnType<Coalescer['result']> {
  const coalescer = new Coalescer();
  queue.forEach((operation, position) => {
    coalescer.add(operation, position);
  });
  return coalescer.result();
}

const inner = root.member('o');
const parents = [root, inner];
const parent = fc.constantFrom(...parents);
const small = fc.integer({ min: 0, max: 3 });
const add = (path: JsonPath, by: number): Operation => addToNumber({ path, whole: true, local: 0 }, { verb: 'add', by });

/** One change of a document with a number n, a text t, a list l, and all that again in o. */
const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(parent, small).map(([at, by]) => add(at.member('n'), by)),
  fc.tuple(parent, small).map(([at, n]) => setValue('set', at.member('n'), n)),
  parent.map((at) => setValue('set', at.member('n'), null)),
  fc.tuple(parent, small).map(([at, n]) => setValue('set', at.member('l'), [n])),
  fc.tuple(parent, small).map(([at, n]) => appendText('append', at.member('t'), String(n))),
  fc.tuple(parent, small).map(([at, n]) => setValue('set', at.member('t'), String(n))),
  fc.tuple(parent, fc.array(small, { maxLength: 2, minLength: 1 })).map(([at, items]) => appendItems('append', at.member('l'), items)),
  fc.tuple(parent, small, small).map(([at, index, item]) => insertItems('insert', at.member('l'), { index, items: [item] })),
  fc.tuple(parent, fc.constantFrom(-1, 0)).map(([at, index]) => dropItem('pop', at.member('l'), index)),
  fc.tuple(parent, small, small).map(([at, index, item]) => setValue('set', at.member('l').element(index), item)),
  fc.tuple(parent, small).map(([at, item]) => replaceList('assign', at.member('l'), [item])),
  fc.tuple(small, small).map(([index, n]) => guarded(index, n)),
  small.map((by) => addToMember({ path: inner.member('c'), whole: true, local: 0 }, { verb: 'aincrease', by })),
  fc.tuple(parent, small).map(([at, by]) => seeded(add(at.member('n'), by))),
  fc.tuple(parent, small).map(([at, n]) => seeded(appendItems('append', at.member('l'), [n]))),
  fc.tuple(parent, small, small).map(([at, n, index]) => seeded(insertItems('insert', at.member('l'), { index, items: [n] }))),
  small.map((n) => setValue('set', inner.member('c'), n)),
  fc.constantFrom('n', 't', 'l', 'c').map((name) => deleteMember('delete', inner, name)),
  small.map((n) => setValue('set', inner, { n, t: '', l: [n] })),
);

const DEFAULTS = { n: 1, t: '', l: [7] };

/** A change of what an older document lacks, together with the object that it is in. */
function seeded(operation: Operation): Operation {
  const { path } = operation;
  const own = seedOf(path, JSON.stringify(DEFAULTS[path.segment as 'n' | 'l']));
  return withSeeds(operation, path.parent === inner ? [seedOf(inner, JSON.stringify(DEFAULTS)), own] : [own]);
}

/** A change of an item that must still be the one that was read. */
function guarded(index: number, n: number): Operation {
  const path = root.member('l').element(index);
  return withGuards(setValue('set', path, n + 1), [sameItem(path, path, n)]);
}

const part = fc.record(
  {
    n: fc.oneof({ weight: 5, arbitrary: small }, fc.constant<Json>('text')),
    t: fc.oneof({ weight: 5, arbitrary: fc.constant<Json>('t') }, fc.constant<Json>(1)),
    l: fc.oneof({ weight: 5, arbitrary: fc.array(small, { maxLength: 4 }) }, fc.constant<Json>({})),
  },
  { noNullPrototype: true },
);
const anyDocument = fc.tuple(part, fc.oneof({ weight: 9, arbitrary: part }, fc.constant<Json>(null)));

const own = (): Json => ({ n: 1, t: 't', l: [0, 1, 2] });

/** Only operations that fit the local document are ever queued; what is stored may differ. */
function fitting(operations: readonly Operation[]): Operation[] {
  const local = { ...(own() as object), o: own() } as Json;
  const queue: Operation[] = [];
  for (const operation of operations) if (oneByOne(local, [...queue, operation]) !== undefined) queue.push(operation);
  return queue;
}

const anyQueue = fc.array(anyOperation, { maxLength: 8 }).map(fitting);

describe('coalescing and planning', () => {
  test('keep what a queue means', () => {
    fc.assert(
      fc.property(anyDocument, anyQueue, ([outer, o], queue) => {
        const stored = { ...outer, o } as Json;
        expect(asCommit(stored, queue)).toEqual(oneByOne(stored, queue));
      }),
      { numRuns: 3000 },
    );
  });

  test('keep every position of the queue once', () => {
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 12 }), (queue) => {
        const positions = coalesced(queue).flatMap((operation) => operation.positions);
        expect([...positions].sort((a, b) => a - b)).toEqual(queue.map((_, position) => position));
      }),
    );
  });
});

describe('a commit', () => {
  const writesOf = (queue: readonly Operation[]): string[] =>
    coalesced(queue).flatMap(({ operation }) => operation.writes.map(({ name, args }) => [name, ...args].join(' ')));

  test('adds sums once, appends items once and merges members of one object', () => {
    expect(writesOf([add(root.member('n'), 1), add(root.member('m'), 5), add(root.member('n'), 2)])).toEqual([
      'JSON.NUMINCRBY $.n 3',
      'JSON.NUMINCRBY $.m 5',
    ]);
    const l = root.member('l');
    expect(writesOf([appendItems('append', l, [1]), appendItems('append', l, [2, 3])])).toEqual(['JSON.ARRAPPEND $.l 1 2 3']);
    expect(writesOf(['a', 'b', 'a'].map((name, n) => setValue('set', inner.member(name), n)))).toEqual(['JSON.MERGE $.o {"a":2,"b":1}']);
  });

  test('joins nothing over a change of the same place', () => {
    const n = root.member('n');
    expect(writesOf([add(n, 1), setValue('set', n, 5), add(n, 2)])).toEqual([
      'JSON.NUMINCRBY $.n 1',
      'JSON.SET $.n 5',
      'JSON.NUMINCRBY $.n 2',
    ]);
  });

  test('checks before the first write what the stored document can tell, but an item of a resized list when its turn comes', () => {
    const planner = new Planner();
    const l = root.member('l');
    expect(planner.plan(add(root.member('n'), 1))).toMatchObject({
      early: [{ name: '?range' }],
      steps: [{ name: 'JSON.NUMINCRBY' }],
    });
    expect(planner.plan(appendItems('append', l, [{ n: 1 }]))).toMatchObject({ early: [{ name: '?type' }] });
    const item = l.element(0);
    const change = withGuards(setValue('set', item.member('n'), 2), [sameItem(item, item, { n: 1 })]);
    expect(planner.plan(change)).toMatchObject({ early: [], steps: [{ name: '?equals' }, { name: '?type' }, {}] });
  });

  test('keeps the meaning when an appended item is changed, which once was refused', () => {
    const l = root.member('l');
    const item = l.element(0);
    const queue = [
      appendItems('append', l, [{ n: 1 }]),
      withGuards(setValue('set', item.member('n'), 2), [sameItem(item, item, { n: 1 })]),
    ];
    expect(asCommit({ l: [] }, queue)).toEqual({ l: [{ n: 2 }] });
    expect(asCommit({ l: [{ n: 5 }] }, queue)).toBeUndefined();
  });

  test('keeps the meaning when an item is appended in the place of one that was removed, and changed', () => {
    const l = root.member('l');
    const queue = [dropItem('pop', l, -1), appendItems('append', l, [5]), guarded(1, 5)];
    expect(asCommit({ l: [0, 1] }, queue)).toEqual({ l: [0, 6] });
    expect(asCommit({ l: [0, 1, 5] }, queue)).toBeUndefined();
  });

  test('checks what has moved to the place of an item that was written and removed', () => {
    const l = root.member('l');
    const queue = [setValue('set', l.element(0), 9), dropItem('pop', l, 0), guarded(0, 1)];
    expect(asCommit({ l: [0, 1] }, queue)).toEqual({ l: [2] });
    expect(asCommit({ l: [0, 5] }, queue)).toBeUndefined();
  });

  test('checks what the first of several values that are put in one place needs', () => {
    const l = root.member('l');
    const [free, typed] = [setValue('set', l, [1]), replaceList('assign', l, [2])];
    expect(asCommit({ l: {} }, [free, typed])).toEqual({ l: [2] });
    expect(asCommit({ l: {} }, [typed, free])).toBeUndefined();
    expect(asCommit({ l: [0] }, [setValue('set', l.element(0), 1), guarded(0, 1)])).toEqual({ l: [2] });
  });
});
