import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** What Vitest prints about a test file. */
function outputOf(file: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'redatom-vitest-'));
  try {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'a.test.ts'), file);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--reporter=verbose'],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' } },
    );
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the hooks of redatom/testing give the tests of a Vitest file a server', () => {
  const output = outputOf(`
    import { beforeAll, beforeEach, afterAll, expect, test } from 'vitest';
    import { createClient } from 'redis';
    import { useEmbeddedRedis } from '${join(ROOT, 'src/testing.ts')}';

    const redis = useEmbeddedRedis({}, { beforeAll, beforeEach, afterAll });

    test.each([1, 2])('starts with nothing stored, run %s', async () => {
      const client = await createClient({ url: redis.url }).connect();
      expect(await client.dbSize()).toBe(0);
      await client.json.set('doc', '$', { n: 1 });
      await client.close();
    });
  `);

  expect(output).toMatch(/2 passed/);
});

test('a failed comparison of two documents shows in which fields they differ', () => {
  const output = outputOf(`
    import { expect, test } from 'vitest';
    import { AtomicRedisModel, Field, Model } from '${join(ROOT, 'src/index.ts')}';

    class Page extends AtomicRedisModel {}
    Field(String)(Page.prototype, 'title');
    Field(String)(Page.prototype, 'text');
    Model()(Page);

    test('differs', () => {
      expect(Page.build({ title: 'one', text: 'same' })).toEqual(Page.build({ title: 'two', text: 'same' }));
    });
  `);

  expect(output).toMatch(/- +"title": "two"/);
  expect(output).toMatch(/\+ +"title": "one"/);
  expect(output).not.toMatch(/[-+] +"text"/);
});
