import fc from 'fast-check';
import { setValue } from '../../../src/command/operations/values';
import type { Operation } from '../../../src/command/operation';
import { JsonPath, type PathSegment } from '../../../src/path/json-path';
import { LocalChanges } from '../../../src/scope/local-changes';

const anyPath = fc
  .array(fc.constantFrom<PathSegment>('a', 'b', 0, -1), { maxLength: 3 })
  .map((segments) => segments.reduce((path, one) => (typeof one === 'number' ? path.element(one) : path.member(one)), JsonPath.root));

type Step = ['add', JsonPath] | ['take from', JsonPath] | ['take overlapping', JsonPath[]] | ['put back', number];

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: anyPath.map((path): Step => ['add', path]) },
  { weight: 1, arbitrary: anyPath.map((path): Step => ['take from', path]) },
  { weight: 2, arbitrary: fc.array(anyPath, { maxLength: 3 }).map((paths): Step => ['take overlapping', paths]) },
  { weight: 1, arbitrary: fc.nat(3).map((count): Step => ['put back', count]) },
);

function overlap(a: JsonPath, b: JsonPath): boolean {
  return a.text.startsWith(b.text) || b.text.startsWith(a.text);
}

/** The definition taken literally: from the last change to the first, each that overlaps one of the places or a change already taken. */
function overlapping(changes: readonly Operation[], paths: readonly JsonPath[]): Operation[] {
  const places = [...paths];
  const taken: Operation[] = [];
  for (const change of [...changes].reverse()) {
    if (!places.some((place) => overlap(place, change.path))) continue;
    places.push(change.path);
    taken.unshift(change);
  }
  return taken;
}

describe('LocalChanges', () => {
  test('give those of a place, and keep the order of all', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
        const changes = new LocalChanges();
        let expected: Operation[] = [];
        let taken: Operation[] = [];
        const all: Operation[] = [];
        for (const [what, argument] of steps) {
          if (what === 'add') {
            const change = setValue('set', argument, expected.length);
            changes.add(change);
            expected.push(change);
            all.push(change);
          } else if (what === 'put back') {
            const back = taken.splice(0, argument);
            changes.putBack(back);
            expected = all.filter((change) => expected.includes(change) || back.includes(change));
          } else if (what === 'take from') {
            taken = expected.filter(({ path }) => path.text.startsWith(argument.text));
            expect(changes.takeFrom(argument)).toEqual(taken);
          } else {
            taken = overlapping(expected, argument);
            expect(changes.takeOverlapping(argument)).toEqual(taken);
          }
          if (what === 'take from' || what === 'take overlapping') expected = expected.filter((change) => !taken.includes(change));
          expect([...changes]).toEqual(expected);
          expect(changes).toHaveLength(expected.length);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('return to their places when they are put back, however often and in whichever order that is', () => {
    const changes = new LocalChanges();
    const places = ['a', 'b', 'c', 'd'].map((name) => JsonPath.root.member(name));
    const [a, b, c, d] = places.map((path) => setValue('set', path, 0)) as [Operation, Operation, Operation, Operation];
    for (const change of [a, b, c]) changes.add(change);
    const first = changes.takeFrom(places[1] as JsonPath);
    const second = changes.takeFrom(places[0] as JsonPath);
    const newer = new LocalChanges();
    newer.add(d);

    newer.putBack(first);
    newer.putBack(second);
    changes.merge(newer);

    expect([...changes]).toEqual([a, b, c, d]);
  });

  test('are found without looking at all others', () => {
    const changes = new LocalChanges();
    let looks = 0;
    const operations = Array.from({ length: 1000 }, (_, at) => {
      const operation = setValue('set', JsonPath.root.member('dict').member(`name ${at}`), at);
      const { path } = operation;
      return Object.defineProperty(operation, 'path', { get: () => ((looks += 1), path) });
    });
    for (const operation of operations) changes.add(operation);

    for (const { path } of operations) {
      changes.takeOverlapping([JsonPath.root.member('number')]);
      expect(changes.takeOverlapping([path])).toHaveLength(1);
    }

    expect(looks).toBeLessThan(5 * operations.length);
  });
});
