import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PipelineOperations } from 'redatom/service';
import { describeOnEveryBackend } from '../support/backends';

const readme = readFileSync(join(__dirname, '../../README.md'), 'utf8');
const [, replace = ''] = /const REPLACE = `([^`]+)`/.exec(readme) ?? [];

describeOnEveryBackend('the script with which README.md migrates documents', (backend) => {
  const key = 'User:1';
  const read = (): Promise<string> => backend.send('JSON.GET', key, '.');
  let operations: PipelineOperations;
  beforeAll(async () => {
    operations = new PipelineOperations(await backend.readyClient());
  });
  beforeEach(() => backend.send('JSON.SET', key, '$', '{"mail":"m","score":"7","kept":[1.0,{}],"big":12345678901234567890}'));

  const changes = ['$.email', '"m"', '$.mail', '', '$.score', '7'];

  test('changes a document that is what was read, keeps what it does not name, and how long it lives', async () => {
    await backend.send('EXPIRE', key, '100');

    expect(await operations.evalScript(replace, [key], [await read(), ...changes])).toBe(1);

    const { big: _big, ...others } = JSON.parse(await read()) as Record<string, unknown>;
    expect(others).toEqual({ email: 'm', score: 7, kept: [1, {}] });
    for (const kept of ['"kept":[1.0,{}]', '"big":12345678901234567890']) expect(await read()).toContain(kept);
    expect(await backend.send('TTL', key)).toBeGreaterThan(0);
  });

  test.each([
    ['that another writer has changed meanwhile', ['JSON.NUMINCRBY', key, '$.kept[0]', '1']],
    ['that was deleted meanwhile', ['DEL', key]],
  ])('leaves one alone %s', async (_, command) => {
    const text = await read();
    await backend.send(...command);
    const left = await read();

    expect(await operations.evalScript(replace, [key], [text, ...changes])).toBe(0);

    expect(await read()).toBe(left);
  });
});
