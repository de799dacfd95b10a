import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describeOnEveryBackend } from '../support/backends';

interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
}

const ROOT = join(__dirname, '../..');

async function runExample(name: string, url: string): Promise<Outcome> {
  const process_ = spawn(process.execPath, ['--import', 'tsx', join('examples', name, 'main.ts')], {
    cwd: ROOT,
    env: { ...process.env, REDIS_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [process_.stdout, process_.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [exitCode] = (await once(process_, 'close')) as [number | null];
  return { exitCode, output };
}

describeOnEveryBackend('examples', (backend) => {
  test('quickstart: does what it says', async () => {
    const { exitCode, output } = await runExample('quickstart', backend.url);

    expect(output).toContain("tags: [ 'root', 'redis', 'staff', 'centurion' ]");
    expect(exitCode).toBe(0);
  }, 120_000);

  test('cart: nothing is oversold', async () => {
    const { exitCode, output } = await runExample('cart', backend.url);

    expect(output).toContain('cart: 0 of 3 products oversold or lost, 0 of 60 totals wrong');
    expect(output).toMatch(/ 40 in carts, 0 left/);
    expect(exitCode).toBe(0);
  }, 120_000);

  test('agent-session: redatom loses nothing where GET and SET lose updates', async () => {
    const { exitCode, output } = await runExample('agent-session', backend.url);

    expect(output).toMatch(/^ {2}redatom: 0 of \d{3,} updates lost$/m);
    expect(output).toMatch(/^ {2}naive GET\/SET: [1-9]\d* of \d{3,} updates lost/m);
    expect(output).toMatch(/was killed while it held the lock/);
    expect(output).toMatch(/redatom .* its late write was refused/);
    expect(exitCode).toBe(0);
  }, 240_000);
});
