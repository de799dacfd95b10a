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
        for (const [what, argument] of steps) {
          if (what === 'add') {
            const change = setValue('set', argument, expected.length);
            changes.add(change);
            expected.push(change);
          } else if (what === 'put back') {
            const back = taken.splice(0, argument);
            changes.putBackFirst(back);
            expected = [...back, ...expected];
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

  test('go before all others, in their order, each time that they are put back', () => {
    const changes = new LocalChanges();
    const [a, b, c, d, e, f] = Array.from({ length: 6 }, (_, at) => setValue('set', JsonPath.root.member('n'), at)) as [
      Operation,
      ...Operation[],
    ];
    for (const change of [e, f]) changes.add(change as Operation);

    changes.putBackFirst([c, d] as Operation[]);
    changes.putBackFirst([a, b] as Operation[]);

    expect([...changes]).toEqual([a, b, c, d, e, f]);
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
