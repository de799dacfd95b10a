import { spawnSync } from 'node:child_process';
import { AsyncLocalStorage } from 'node:async_hooks';
import { resolve } from 'node:path';
import { Alarm } from '../../../src/executor/alarm';

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const ring = (ms: number): Promise<void> => new Promise((done) => new Alarm(ms, done));

describe('an alarm', () => {
  test('rings when it is due, those that are due first before the others', async () => {
    const rung: string[] = [];
    const began = performance.now();
    await Promise.all([
      ring(40).then(() => rung.push('late')),
      ring(20).then(() => rung.push('early')),
      ring(30).then(() => rung.push('between')),
    ]);
    expect(rung).toEqual(['early', 'between', 'late']);
    expect(performance.now() - began).toBeGreaterThanOrEqual(40);
  });

  test('rings in the same order when the process was busy meanwhile', async () => {
    const rung: number[] = [];
    const all = Promise.all([4, 1, 3, 2, 2.5].map((ms) => ring(ms).then(() => rung.push(ms))));
    const until = performance.now() + 10;
    while (performance.now() < until);
    await all;
    expect(rung).toEqual([1, 2, 2.5, 3, 4]);
  });

  test('does not ring when it was called off, and the others do', async () => {
    const rung: number[] = [];
    const alarms = [1, 2, 3, 4].map((n) => new Alarm(10, () => rung.push(n)));
    alarms[0]?.cancel();
    alarms[2]?.cancel();
    alarms[2]?.cancel();
    await ring(30);
    expect(rung).toEqual([2, 4]);
    alarms[1]?.cancel();
    await ring(1);
  });

  test('can call another one off that is due at the same time', async () => {
    const rung: string[] = [];
    let second: Alarm | undefined = undefined;
    new Alarm(10, () => {
      rung.push('first');
      second?.cancel();
    });
    second = new Alarm(10, () => rung.push('second'));
    await ring(30);
    expect(rung).toEqual(['first']);
  });

  test('can set another one', async () => {
    await new Promise<void>((done) => new Alarm(1, () => new Alarm(1, done)));
  });

  test('that is further away than a timer of Node can be does not ring at once', async () => {
    let rung = false;
    const far = new Alarm(Infinity, () => (rung = true));
    await ring(10);
    expect(rung).toBe(false);
    far.cancel();
  });

  test('rings when the timer of another one was taken away', async () => {
    jest.useFakeTimers({ now: performance.now() });
    new Alarm(5, () => undefined).cancel();
    const stuck = new Alarm(5, () => undefined);
    jest.useRealTimers();
    await sleep(1100);
    await ring(5);
    stuck.cancel();
  });

  test('is no part of the flow of whoever was the first to set one', async () => {
    const flow = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    await flow.run('mine', () => new Promise<void>((done) => new Alarm(1, () => (seen.push(flow.getStore()), done()))));
    expect(seen).toEqual([undefined]);
  });

  test.each([
    ['keeps the process alive', 'new Alarm(300, () => console.log("rung"))', 'rung\n'],
    ['does not when it need not', 'new Alarm(300, () => console.log("rung"), false)', ''],
    ['does not when it was called off', 'new Alarm(60_000, () => undefined).cancel(); new Alarm(300, () => undefined).cancel()', ''],
    [
      'does while another one is called off',
      'new Alarm(300, () => console.log("rung")); new Alarm(100, () => undefined).cancel()',
      'rung\n',
    ],
  ])('%s', (_, script, output) => {
    const source = `const { Alarm } = require(${JSON.stringify(resolve(__dirname, '../../../src/executor/alarm.ts'))});\n${script};`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--require', 'tsx/cjs', '-e', source], {
      encoding: 'utf8',
      cwd: resolve(__dirname, '../../..'),
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: output, stderr: '', status: 0 });
  });
});
