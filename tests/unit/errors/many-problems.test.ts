import { AtomicRedisModel, Field, list, Model, ValidationError, type RedisList } from 'redatom';

@Model()
class Sums extends AtomicRedisModel {
  @Field(list(Number)) numbers!: RedisList<number>;
}

function wrong(count: number): ValidationError {
  try {
    Sums.fromJSON({ numbers: new Array<string>(count).fill('x') });
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
    const { message, problems } = wrong(10_000);

    expect(message).toBe(`Sums: ${words(50)}; and 9950 more, which are among its problems`);
    expect(problems).toHaveLength(10_000);
    expect(problems.at(-1)).toEqual({ field: 'numbers[9999]', expected: 'a finite number', found: 'the text "x"' });
  });
});
