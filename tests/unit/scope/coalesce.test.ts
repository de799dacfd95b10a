import { appendItems, insertItems } from '../../../src/command/operations/lists';
import { addToNumber, multiplyNumber } from '../../../src/command/operations/numbers';
import { setValue } from '../../../src/command/operations/values';
import { sameItem } from '../../../src/command/checks';
import { withGuards, type Check, type Operation } from '../../../src/command/operation';
import { JsonPath } from '../../../src/path/json-path';
import { Coalescer } from '../../../src/scope/commit/coalesce';

const at = (name: string): JsonPath => JsonPath.root.member(name);
const add = (by: number): Operation => addToNumber({ path: at('n'), whole: true, local: 0 }, { verb: 'add', by });
const multiply = (by: number): Operation => multiplyNumber({ path: at('n'), whole: true, local: 0 }, { verb: 'multiply', by });
const append = (item: string): Operation => appendItems('append', at('tags'), [item]);
const insert = (item: string): Operation => insertItems('insert', at('tags'), { index: 0, items: [item] });
const set = (name: string, value: string): Operation => setValue('set', at(name), value);

/** The commands that are left, and which operations each stands for. */
function coalesced(...operations: Operation[]): [string, number[]][] {
  const coalescer = new Coalescer();
  operations.forEach((operation, position) => coalescer.add(operation, position));
  return coalescer
    .result()
    .map(({ operation, positions }) => [
      operation.writes.map(({ name, args: [, ...rest] }) => [name, ...rest].join(' ')).join('; '),
      [...positions],
    ]);
}

describe('Coalescer', () => {
  test('sums increments of one number, across changes elsewhere', () => {
    expect(coalesced(add(1), append('a'), add(2), append('b'), add(3))).toEqual([
      ['JSON.NUMINCRBY 6', [0, 2, 4]],
      ['JSON.ARRAPPEND "a" "b"', [1, 3]],
    ]);
  });

  test('keeps the order of what does not commute', () => {
    expect(coalesced(add(1), multiply(2), add(3)).map(([command]) => command)).toEqual([
      'JSON.NUMINCRBY 1',
      'JSON.NUMMULTBY 2',
      'JSON.NUMINCRBY 3',
    ]);
    expect(coalesced(append('a'), insert('b'), append('c'))).toHaveLength(3);
  });

  test('merges members of one object, of which the last value counts', () => {
    const [[command, positions] = ['', []], ...rest] = coalesced(set('a', 'x'), set('b', 'y'), set('a', 'z'));

    expect(command).toBe('JSON.MERGE {"a":"z","b":"y"}');
    expect(positions).toEqual([0, 1, 2]);
    expect(rest).toEqual([]);
  });

  test('replaces an object after what was changed in it, also when a member was set with an earlier one since', () => {
    const x = setValue('set', at('d').member('x'), 1);
    const count = addToNumber({ path: at('d').member('y'), whole: true, local: 0 }, { verb: 'add', by: 1 });
    const z = setValue('set', at('d').member('z'), 2);

    expect(coalesced(x, set('n', 'a'), count, z, set('d', 'b'))).toEqual([
      ['JSON.MERGE {"x":1,"z":2}', [0, 3]],
      ['JSON.SET "a"', [1]],
      ['JSON.NUMINCRBY 1', [2]],
      ['JSON.SET "b"', [4]],
    ]);
  });

  test('does not carry a change across a replacement of what is around it', () => {
    const replaced = coalesced(append('a'), set('tags', 'x'), append('b'));

    expect(replaced).toHaveLength(3);
  });

  test('keeps what must hold of the items around each, but not what an earlier one has put there itself', () => {
    const item = at('items').element(0);
    const [whole, inside] = [sameItem(item, item, { n: 1 }), sameItem(item.member('n'), item, 1)];
    const set = (name: string, guard: Check): Operation => withGuards(setValue('set', item.member(name), 1), [guard]);
    const guardsOf = (...operations: Operation[]): unknown => {
      const coalescer = new Coalescer();
      operations.forEach((operation, position) => coalescer.add(operation, position));
      return coalescer.result().map(({ operation }) => operation.guards);
    };

    expect(guardsOf(set('n', whole), set('m', inside))).toEqual([[whole, inside]]);
    expect(guardsOf(set('n', whole), set('n', inside))).toEqual([[whole]]);
    expect(guardsOf(set('n', inside), set('n', whole))).toEqual([[inside, whole]]);
    expect(guardsOf(set('n', whole), set('n', sameItem(item, item, { n: 2 })))).toEqual([[whole]]);
    expect(guardsOf(set('n', whole), set('m', sameItem(item, item, { n: 2 })))).toEqual([[whole]]);
  });
});
