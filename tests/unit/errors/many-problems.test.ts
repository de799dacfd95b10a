import { AtomicRedisModel, dict, Field, list, Model, ValidationError, type Init, type RedisDict, type RedisList } from 'redatom';

@Model()
class Sums extends AtomicRedisModel {
  @Field(list(Number)) numbers!: RedisList<number>;
}

@Model()
class Board extends AtomicRedisModel {
  @Field(list(list(Number))) rows!: RedisList<RedisList<number>>;
  @Field(list(Sums)) parts!: RedisList<Sums>;
  @Field(Sums, { nullable: true }) part!: Sums | null;
  @Field(dict(Number)) named!: RedisDict<number>;
}

function wrong(count: number): ValidationError {
  return refusalOf(() => Sums.fromJSON({ numbers: new Array<string>(count).fill('x') }));
}

function refusalOf(call: () => unknown): ValidationError {
  try {
    call();
  } catch (error) {
    if (error instanceof ValidationError) return error;
  }
  throw new Error('no ValidationError was thrown');
}

const words = (count: number) =>
  Array.from({ length: count }, (_, at) => `numbers[${at}] expects a finite number, found the text "x"`).join('; ');

describe('an error of many problems', () => {
  test('says all of fifty', () => {
    expect(wrong(50).message).toBe(`Sums: ${words(50)}`);
  });

  test('says fifty of more, and how many more there are', () => {
    const { message, problems } = wrong(1_000);

    expect(message).toBe(`Sums: ${words(50)}; and 950 more, see problems`);
    expect(problems).toHaveLength(1_000);
    expect(problems.at(-1)).toEqual({ field: 'numbers[999]', expected: 'a finite number', found: 'the text "x"' });
  });

  const body = { named: { a: '1', b: 2, c: null }, rows: [[1, 'x'], 'y', [true]], parts: [{ numbers: [1] }, { numbers: 'z' }, 3] };

  test.each<[string, () => unknown]>([
    ['build', () => Board.build(body as unknown as Init<Board>)],
    ['update', () => Board.build({}).update(body as unknown as Init<Board>)],
    ['fromJSON', () => Board.fromJSON(body)],
  ])('says of %s all items and members that are wrong', (_, call) => {
    expect(new Set(refusalOf(call).problems.map(({ field }) => field))).toEqual(
      new Set(['named.a', 'named.c', 'rows[0][1]', 'rows[1]', 'rows[2][0]', 'parts[1].numbers', 'parts[2]']),
    );
  });

  let looks = 0;
  /** Counts how often it is described. */
  class Odd {
    static get name(): string {
      looks += 1;
      return 'Odd';
    }
  }
  const odds = new Array<Odd>(50_000).fill(new Odd());
  const unknown = Object.fromEntries(odds.map((odd, at) => [`u${at}`, odd]));
  const few = odds.slice(0, 2_000);
  const sums = Sums.build({});

  test.each<[string, () => unknown]>([
    ['items', () => Sums.build({ numbers: odds as never })],
    ['members', () => Board.build({ named: unknown as never })],
    ['items of a patch', () => sums.update({ numbers: odds as never })],
    ['items in JSON', () => Sums.fromJSON({ numbers: odds })],
    ['unknown names in JSON', () => Sums.fromJSON(unknown)],
    ['unknown names', () => Sums.build(unknown)],
    ['unknown names in a patch', () => sums.update(unknown)],
    ['unknown names of a part', () => Board.build({ part: unknown })],
    ['items of items', () => Board.fromJSON({ rows: few.map((odd) => [odd, odd, odd]) })],
    ['wrong parts', () => Board.fromJSON({ parts: few.map((odd) => ({ numbers: odd, u: odd, v: odd })) })],
    ['parts with many unknown names', () => Board.fromJSON({ parts: [unknown, unknown] })],
  ])('lists no more than the first thousand of all %s, and hardly looks at others', (_, call) => {
    looks = 0;
    expect(refusalOf(call).problems).toHaveLength(1_000);
    expect(looks).toBeLessThan(1_010);
  });
});
