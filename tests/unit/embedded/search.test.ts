import { startEmbeddedRedis, type EmbeddedRedis } from '../../../src/testing';
import { showReply, WireConnection } from '../../conformance/support/wire';

describe('searches of the embedded server', () => {
  let redis: EmbeddedRedis;
  let connection: WireConnection;

  beforeEach(async () => {
    redis = await startEmbeddedRedis();
    connection = await WireConnection.open(redis.port);
    await ask('FT.CREATE', 'i', 'ON', 'JSON', 'SCHEMA', '$.a', 'AS', 'a', 'TAG', 'SORTABLE', '$.n', 'AS', 'n', 'NUMERIC');
  });
  afterEach(async () => {
    connection.close();
    await redis.close();
  });

  async function ask(...request: string[]): Promise<string> {
    const [reply] = await connection.exchange([request]);
    return reply === undefined ? 'nothing' : showReply(reply);
  }

  const keys = (): Promise<string> => ask('FT.SEARCH', 'i', '*', 'NOCONTENT', 'DIALECT', '2');

  test('find no document that has expired', async () => {
    await ask('JSON.SET', 'k', '$', '{}');
    await ask('PEXPIRE', 'k', '1000');
    const before = await keys();

    redis.clock.advance(1001);

    expect([before, await keys()]).toEqual(['*[:"1" $"k"]', '*[:"0"]']);
  });

  test('find nothing in other databases, and look into the first from each', async () => {
    await ask('JSON.SET', 'zero', '$', '{}');
    await ask('SELECT', '1');
    await ask('JSON.SET', 'one', '$', '{}');

    expect(await keys()).toBe('*[:"1" $"zero"]');
  });

  test('have no index after a flush by hand', async () => {
    redis.flush();

    expect(await ask('FT._LIST')).toBe('*[]');
  });

  test('count the documents that an index leaves out now, not the attempts', async () => {
    for (const text of ['{"n":"x"}', '{"n":"y"}', '{"n":1}', '{"n":"z"}']) await ask('JSON.SET', 'k', '$', text);

    expect(await ask('FT.INFO', 'i')).toContain('+"hash_indexing_failures" :"1"');
  });

  test.each([
    ['FT.CREATE j ON HASH SCHEMA a TAG', 'indexes of hashes'],
    ['FT.CREATE j SCHEMA a TAG', 'indexes of hashes'],
    ['FT.CREATE j ON JSON SCHEMA $.a AS a TEXT', 'TEXT in FT.CREATE'],
    ['FT.CREATE j ON JSON SCHEMA $.a AS a TAG SEPARATOR ,', 'SEPARATOR in FT.CREATE'],
    ['FT.CREATE j ON JSON SCHEMA $.a AS a NUMERIC SORTABLE NOINDEX', 'NOINDEX in FT.CREATE'],
    ['FT.CREATE j ON JSON SCHEMA a AS a TAG', "the path 'a' in FT.CREATE"],
    ['FT.CREATE j ON JSON SCHEMA $.[ AS a TAG', "the path '$.[' in FT.CREATE"],
    ['FT.CREATE j ON JSON FILTER x SCHEMA $.a AS a TAG', 'FILTER in FT.CREATE'],
    ['FT.SEARCH i *', 'FT.SEARCH without DIALECT 2'],
    ['FT.SEARCH i * DIALECT 3', 'FT.SEARCH without DIALECT 2'],
    ['FT.SEARCH i * WITHSCORES DIALECT 2', 'WITHSCORES in FT.SEARCH'],
    ['FT.SEARCH i * RETURN 3 a AS b DIALECT 2', "'AS' in RETURN"],
    ['FT.SEARCH i * RETURN 1 $.a DIALECT 2', "'$.a' in RETURN"],
    ['FT.SEARCH i * RETURN 1 __key DIALECT 2', "'__key' in RETURN"],
    ['FT.SEARCH i * RETURN 1 a SORTBY a DIALECT 2', 'RETURN of the attribute of SORTBY'],
    ['FT.SEARCH i * SORTBY n DIALECT 2', 'SORTBY with an attribute that is not SORTABLE'],
    ['FT.SEARCH i hello DIALECT 2', "'hello' at offset 0 of a query"],
    ['FT.SEARCH i *hello DIALECT 2', "'*hello' at offset 0 of a query"],
    ['FT.SEARCH i *-1 DIALECT 2', "'*-1' at offset 0 of a query"],
    ['FT.SEARCH i @a:hello DIALECT 2', "'hello' at offset 3 of a query"],
    ['FT.SEARCH i @a:{hello} DIALECT 2', "'hello}' at offset 4 of a query"],
    ['FT.SEARCH i @a:{5} DIALECT 2', "'5' at offset 4 of a query"],
    ['FT.SEARCH i @a:{$p*} DIALECT 2', "'$p*}' at offset 4 of a query"],
    ['FT.SEARCH i @a|b:{$p} DIALECT 2', "'|' at offset 2 of a query"],
    ['FT.SEARCH i @n:[1,2] DIALECT 2', "',2]' at offset 5 of a query"],
    ['FT.SEARCH i @n==1 DIALECT 2', "'==1' at offset 2 of a query"],
    ['FT.SEARCH i @n:(@n:[1]) DIALECT 2', "'(' at offset 3 of a query"],
    ['FT.SEARCH i ~@n:[1] DIALECT 2', "'~@n:[1]' at offset 0 of a query"],
    ['FT.SEARCH i @n:[1]=>{$weight:2} DIALECT 2', "'=>{$weight:2}' at offset 6 of a query"],
  ])('name what they do not support: %s', async (line, what) => {
    expect(await ask(...line.split(' '))).toBe(`-${JSON.stringify(`ERR the embedded server does not support ${what}`)}`);
  });

  test('do not sort by a list', async () => {
    await ask('JSON.SET', 'k', '$', '{"a":["x"]}');

    expect(await ask('FT.SEARCH', 'i', '*', 'SORTBY', 'a', 'DIALECT', '2')).toContain('does not support SORTBY with a list');
  });
});
