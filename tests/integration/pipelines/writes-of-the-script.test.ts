import { openExecutor } from '../../../src/executor/open/open';
import { commit } from '../../../src/lua/catalog.generated';
import { describeOnEveryBackend } from '../../support/backends';

/** Checks come before writes, so only a direct call of the script can send writes that find nothing to do. */
describeOnEveryBackend('a write of a commit', (backend) => {
  const key = '{silent}';

  const run = async (...steps: string[][]): Promise<unknown> => {
    const executor = await openExecutor(await backend.target());
    const args = steps.flatMap(([name = '', ...rest]) => [name, '1', String(rest.length), ...rest]);
    return executor
      .evaluate({ script: commit, keys: [key, `${key}:backup`], args: ['1', ...args] }, (reply) => reply)
      .finally(() => executor.close());
  };

  beforeEach(() => backend.send('JSON.SET', key, '$', '{"n":1,"text":"a","list":[]}'));

  test.each([
    ['JSON.SET', '$.none.n', '1'],
    ['JSON.NUMINCRBY', '$.none', '1'],
    ['JSON.NUMINCRBY', '$.text', '1'],
    ['JSON.ARRAPPEND', '$.none', '1'],
    ['JSON.ARRAPPEND', '$.n', '1'],
    ['JSON.SET', '$.n', 'no JSON'],
    ['float.change', '$.text', 'JSON.NUMINCRBY', '1'],
    ['dict.setDefault', '$.new', 'no JSON'],
    ['dict.setDefault', '$.none.a', '1'],
    ['dict.pull', '$.list.none', '{"a":null}'],
  ])('that did nothing is a refusal, and what was written before is put back: %s %s', async (...write) => {
    const found = expect.any(String) as string;
    expect(await run(['JSON.SET', '$.n', '2'], write, ['JSON.SET', '$.n', '3'])).toEqual([0, 1, found, expect.any(Number)]);

    expect(await backend.json(key)).toEqual({ n: 1, text: 'a', list: [] });
  });

  test.each([
    ['$.n', '1', '10', '1', 1],
    ['$.n', '-10', '1', '1', 1],
    ['$.n', '2', '10', '', -4],
    ['$.n', '-10', '0', '', -4],
    ['$.text', '2', '10', '', 1],
    ['$.none', '2', '10', '', 1],
  ])('that takes a number back does so only where it is one that must not be: %s, from %s to %s', async (path, min, max, answer, n) => {
    expect(await run(['number.takeBack', path, '-5', min, max])).toEqual([1, answer]);

    expect(await backend.json(key)).toEqual({ n, text: 'a', list: [] });
  });

  test('that takes a number back has nothing to do where the document is gone', async () => {
    await backend.send('DEL', key);

    expect(await run(['number.takeBack', '$.n', '-5', '2', '10'])).toEqual([1, '']);
  });
});
