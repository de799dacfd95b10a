import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnEveryBackend } from '../support/backends';
import { checks } from './snippets/checks';
import { complaintsAbout, loadModule } from './snippets/compile';
import { fencesOf } from './snippets/fences';
import { SnippetModule } from './snippets/module';
import { publicSurface } from './tsdoc/public-surface';

const file = 'src/tree/README.md';
const fences = fencesOf(readFileSync(join(__dirname, '../..', file), 'utf8'), file);
const story = new SnippetModule(`import type { Checks } from './snippets/expectations';`, 'url: string');
story.add(fences);

test(`${file}: the code compiles`, () => {
  expect(fences.length).toBeGreaterThan(5);
  expect(complaintsAbout(story.source, 'tree.snippets.ts')).toEqual([]);
});

describeOnEveryBackend(file, (backend) => {
  test('the code runs from top to bottom, and its results are the ones it names', async () => {
    const { part0 } = loadModule(story.source, (name) => jest.requireActual(name));
    if (part0 === undefined) throw new Error(`the code of ${file} was not compiled`);
    await part0(checks as never, backend.url as never);
  });
});

test('every exported name of redatom/tree, and every method and accessor of its own, has a doc comment', () => {
  const isOurs = ({ origin }: { origin: string }): boolean => !origin.startsWith('src/executor/');
  const surface = publicSurface('tree/index.ts').filter(isOurs);
  const needed = surface.filter(({ kind }) => kind !== 'property');

  expect(needed.length).toBeGreaterThan(50);
  expect(needed.filter(({ doc }) => doc === '').map(({ name, origin }) => `${name} (${origin})`)).toEqual([]);
});
