import { createClient } from 'redis';
import { setUpEmbeddedRedis, tearDownEmbeddedRedis, useEmbeddedRedis } from '../../../src/testing';

describe('useEmbeddedRedis', () => {
  const redis = useEmbeddedRedis();

  test.each(['first', 'second'])('gives the %s test an empty server', async (value) => {
    const client = await createClient({ url: redis.url }).connect();

    await expect(client.dbSize()).resolves.toBe(0);
    await client.set('left', value);
    client.destroy();
  });

  test('says so when no test runner is there', () => {
    const { beforeAll: hook } = globalThis;
    Object.assign(globalThis, { beforeAll: undefined });
    try {
      expect(() => useEmbeddedRedis()).toThrow('pass the hooks of the test runner');
    } finally {
      Object.assign(globalThis, { beforeAll: hook });
    }
  });

  test('refuses to name a server that has not started', () => {
    const hooks = { beforeAll: () => undefined, beforeEach: () => undefined, afterAll: () => undefined };

    expect(() => useEmbeddedRedis({}, hooks).url).toThrow('has not started yet');
  });
});

test('setUpEmbeddedRedis names the server in REDIS_URL until tearDownEmbeddedRedis', async () => {
  const before = process.env['REDIS_URL'];
  await setUpEmbeddedRedis();
  const client = await createClient({ url: process.env['REDIS_URL'] ?? '' }).connect();

  await expect(client.ping()).resolves.toBe('PONG');
  client.destroy();
  await tearDownEmbeddedRedis();
  if (before === undefined) delete process.env['REDIS_URL'];
  else process.env['REDIS_URL'] = before;
});
