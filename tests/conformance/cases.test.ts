import { startEmbeddedRedis } from '../../src/testing';
import { cases, deadly } from './cases/index';
import { Differential, showDifference } from './support/differential';
import { WireConnection } from './support/wire';

describe('the embedded server beside a real one', () => {
  let servers: Differential;

  beforeAll(async () => {
    servers = await Differential.start();
  }, 120_000);
  afterAll(() => servers.stop());

  describe.each(['2', '3'])('in RESP%s', (version) => {
    test.each(cases)('answers alike: $shows', async ({ requests }) => {
      const difference = await servers.run([['FLUSHALL'], ['HELLO', version], ...requests]);

      expect(difference === undefined ? 'equal' : showDifference(await servers.shrink(difference))).toBe('equal');
    });
  });
});

test.each(deadly)('answers an error to a request that kills the real server: %s %s', async (...request) => {
  await using redis = await startEmbeddedRedis();
  const connection = await WireConnection.open(redis.port);

  const [, reply] = await connection.exchange([['JSON.SET', 'doc', '$', '{"a":[1]}'], request]);

  expect(reply?.type).toBe('-');
  connection.close();
});
