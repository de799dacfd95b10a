import { AtomicRedisModel, Field, Key, list, Model, type RedisList } from 'redatom';

@Model()
class Line extends AtomicRedisModel {
  @Key() @Field(String) sku!: string;
  @Field(Number) count!: number;
}

@Model()
class Cart extends AtomicRedisModel {
  @Field(list(() => Line)) lines!: RedisList<Line>;
}

const lines = (count: number, from = 0) => Array.from({ length: count }, (_, at) => ({ sku: 'same', count: from + at }));

describe('items of a list that have one key', () => {
  test('stay in their order', () => {
    const cart = Cart.build({ lines: [...lines(2), { sku: 'other', count: 5 }] });
    const [first, second, other] = [...cart.lines] as [Line, Line, Line];

    cart.lines.assign([{ sku: 'other', count: 6 }, ...lines(3, 7)]);

    expect([...cart.lines].slice(0, 3)).toEqual([other, first, second]);
    expect([cart.lines[0] === other, cart.lines[1] === first, cart.lines[2] === second]).toEqual([true, true, true]);
    expect([other.count, first.count, second.count, cart.lines[3]?.count]).toEqual([6, 7, 8, 9]);
  });

  test('are not gone through once more for each of them', () => {
    const count = 1000;
    const cart = Cart.build({ lines: lines(count) });
    const [iterator, all] = [Array.prototype[Symbol.iterator], [...cart.lines]];
    let copied = 0;
    const counted = jest.spyOn(Array.prototype, Symbol.iterator).mockImplementation(function (this: unknown[]) {
      copied += this.length;
      return iterator.call(this);
    });
    try {
      cart.lines.assign(lines(count, 1));
    } finally {
      counted.mockRestore();
    }

    expect(cart.lines.every((line, at) => line === all[at])).toBe(true);
    expect(copied).toBeLessThan(10 * count);
  });
});
