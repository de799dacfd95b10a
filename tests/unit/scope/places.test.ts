import fc from 'fast-check';
import { JsonPath } from '../../../src/path/json-path';
import { Places } from '../../../src/scope/places';

const anyPath = fc
  .array(fc.constantFrom<string | number>('a', 'b', 'a"]["b', 'a\\b', 0, 1, 10), { maxLength: 4 })
  .map((segments) => segments.reduce((path, one) => (typeof one === 'number' ? path.element(one) : path.member(one)), JsonPath.root));

describe('Places', () => {
  test('know which places are one of them, or lie above or below one', () => {
    fc.assert(
      fc.property(fc.array(anyPath, { maxLength: 10 }), anyPath, (some, other) => {
        const places = new Places();
        for (const path of some) places.add(path);

        const overlaps = some.some(({ text }) => other.text.startsWith(text) || text.startsWith(other.text));
        expect(places.overlap(other)).toBe(overlaps);
      }),
    );
  });
});
