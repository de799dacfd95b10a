import { AtomicRedisModel, Model, RedisInt, Field } from 'redatom';
import { addToNumber } from '../../../src/command/operations/numbers';
import { JsonPath } from '../../../src/path/json-path';
import { schemaOf } from '../../../src/schema/compile';
import { prepareCommit } from '../../../src/scope/commit/commit';
import { DocumentRoot, type Connection } from '../../../src/scope/document-root';

@Model()
class Counter extends AtomicRedisModel {
  @Field(RedisInt) n!: RedisInt;
}

/** Making a commit and reading its answer asks nothing of a connection but whether it has slots. */
const connection = { executor: { hasSlots: false }, isClosed: false } as unknown as Connection;

function commitOfOne() {
  const root = new DocumentRoot({ schema: schemaOf(Counter), key: 'Counter:a', connection }, {} as never);
  root.local = { version: undefined } as never;
  const target = { path: JsonPath.root.member('n'), whole: true, local: 1 };
  const operation = addToNumber(target, { verb: 'increase', by: 1 });
  return { root, ...prepareCommit({ queue: [{ root, operation }], locks: [], checkVersion: false }) };
}

describe('the answer of a commit that was applied', () => {
  test('is read', () => {
    expect(commitOfOne().accept([1, '[2]'])).toEqual([2]);
  });

  test('is not a refusal when it cannot be read: the instance may differ from what is stored', () => {
    const { root, accept, fail } = commitOfOne();

    let error: unknown;
    try {
      accept([1, '[null]']);
    } catch (thrown) {
      error = thrown;
      fail(thrown);
    }

    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', key: 'Counter:a', cause: { code: 'PATH_MISMATCH' } });
    expect(root.isStale).toBe(true);
  });
});
