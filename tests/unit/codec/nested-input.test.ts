import { AtomicRedisModel, Field, list, Model, RedisInt, RedisList, type ValidationError } from 'redatom';

const LEVELS = 12;

let defaultsMade = 0;

@Model()
class Branch extends AtomicRedisModel {
  @Field(list(() => Branch)) branches!: RedisList<Branch>;
  @Field(RedisInt, { default: () => ((defaultsMade += 1), 7) }) leaves!: RedisInt;
}

/** Branches within branches, each without the field that has a default. */
function nested(innermost: object): object {
  let branch = innermost;
  for (let level = 1; level < LEVELS; level += 1) branch = { branches: [branch] };
  return branch;
}

describe('input for models within models', () => {
  test('is gone through once, however deep it is', () => {
    Branch.build({});
    defaultsMade = 0;

    Branch.build(nested({}));

    expect(defaultsMade).toBe(LEVELS);
  });

  test.each([
    ['in the order of the fields', (branch: object) => ({ branches: [branch], leaves: 1 })],
    ['without some fields', (branch: object) => ({ branches: [branch] })],
  ])('is gone through once where it does not fit at the bottom: %s', (_, around) => {
    let reads = 0;
    let branch: object = {
      branches: [],
      get leaves(): unknown {
        reads += 1;
        return 'many';
      },
    };
    for (let level = 1; level < LEVELS; level += 1) branch = around(branch);

    let problems: ValidationError['problems'] = [];
    try {
      Branch.build(branch);
    } catch (error) {
      ({ problems } = error as ValidationError);
    }

    expect(problems).toEqual([expect.objectContaining({ field: `${'branches[0].'.repeat(LEVELS - 1)}leaves`, found: 'the text "many"' })]);
    expect(reads).toBe(1);
  });
});
