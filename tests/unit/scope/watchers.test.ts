import fc from 'fast-check';
import { JsonPath } from '../../../src/path/json-path';
import { Watchers } from '../../../src/scope/watchers';

const anyPath = fc
  .array(fc.constantFrom<string | number>('a', 'b', 'a"]["b', 'a\\b', 0, 1, 10), { maxLength: 4 })
  .map((segments) => segments.reduce((path, one) => (typeof one === 'number' ? path.element(one) : path.member(one)), JsonPath.root));

const somePlaces = fc.array(anyPath, { maxLength: 5 });

function overlap(places: readonly JsonPath[], { text }: JsonPath): boolean {
  return places.some((place) => text.startsWith(place.text) || place.text.startsWith(text));
}

describe('Watchers', () => {
  test('are found by places that are theirs, or lie above or below one', () => {
    fc.assert(
      fc.property(fc.array(somePlaces, { maxLength: 5 }), anyPath, fc.nat({ max: 4 }), (given, changed, gone) => {
        const watchers = new Watchers<number>();
        given.forEach((places, who) => {
          watchers.add(who);
          for (const path of places) watchers.addPlace(who, path);
        });
        const expected = given.flatMap((places, who) => (overlap(places, changed) ? [who] : []));
        expect([...watchers.overlapping(changed, undefined)].sort()).toEqual(expected);

        watchers.delete(gone, given[gone] ?? []);

        const left = expected.filter((who) => who !== gone);
        expect([...watchers.overlapping(changed, undefined)].sort()).toEqual(left);
        expect(watchers.isEmpty).toBe(given.filter((_, who) => who !== gone).length === 0);
      }),
    );
  });

  test('are not looked up for the only one there is, and one that goes on is no longer told of its earlier places', () => {
    const watchers = new Watchers<string>();
    const path = JsonPath.root.member('a');
    watchers.add('one');
    watchers.addPlace('one', path);
    expect([...watchers.overlapping(path, 'one')]).toEqual([]);
    expect([...watchers.overlapping(path, 'two')]).toEqual(['one']);

    watchers.deletePlaces('one', [path]);

    expect([...watchers.overlapping(path, 'two')]).toEqual([]);
    expect(watchers.isEmpty).toBe(false);
  });
});
