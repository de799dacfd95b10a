import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');

const FILE = `import { beforeAll, beforeEach, afterAll, expect, test } from 'vitest';
import { createClient } from 'redis';
import { useEmbeddedRedis } from '${join(ROOT, 'src/testing.ts')}';

const redis = useEmbeddedRedis({}, { beforeAll, beforeEach, afterAll });

test.each([1, 2])('starts with nothing stored, run %s', async () => {
  const client = await createClient({ url: redis.url }).connect();
  expect(await client.dbSize()).toBe(0);
  await client.json.set('doc', '$', { n: 1 });
  await client.close();
});
`;

test('the hooks of redatom/testing give the tests of a Vitest file a server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redatom-vitest-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'a.test.ts'), FILE);
    const output = execFileSync(
      process.execPath,
      [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--reporter=verbose'],
      {
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      },
    );
    expect(output).toMatch(/2 passed/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
