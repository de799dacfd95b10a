import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnEveryBackend } from '../support/backends';
import { checks } from './snippets/checks';
import { complaintsAbout, loadModule } from './snippets/compile';
import { fencesOf } from './snippets/fences';
import { SnippetModule } from './snippets/module';

const file = 'README.md';
const fences = fencesOf(readFileSync(join(__dirname, '../..', file), 'utf8'), file);
const story = new SnippetModule(`import type { Checks } from './snippets/expectations';`, 'url: string');
story.add(fences);

test('README.md: the code compiles', () => {
  expect(fences.length).toBeGreaterThan(5);
  expect(complaintsAbout(story.source, 'readme.snippets.ts')).toEqual([]);
}, 120_000);

describeOnEveryBackend('README.md', (backend) => {
  test('the code runs from top to bottom, and its results are the ones it names', async () => {
    const { part0 } = loadModule(story.source, (name) => jest.requireActual(name));
    if (part0 === undefined) throw new Error('the code of README.md was not compiled');
    await part0(checks as never, backend.url as never);
  }, 120_000);
});
