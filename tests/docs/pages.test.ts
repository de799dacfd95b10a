import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnOwnBackends } from '../support/own-backends';
import { checks } from './snippets/checks';
import { complaintsAbout, loadModule } from './snippets/compile';
import { fencesOf } from './snippets/fences';
import { SnippetModule } from './snippets/module';
import { publicSurface } from './tsdoc/public-surface';

/** The pages, with the least number of pieces of code in each. */
const PAGES = [
  ['README.md', 6],
  ['src/tree/README.md', 2],
  ['src/batch/README.md', 2],
  ['src/service/README.md', 2],
] as const;

describe.each(PAGES)('%s', (file, least) => {
  const fences = fencesOf(readFileSync(join(__dirname, '../..', file), 'utf8'), file);
  const story = new SnippetModule(`import type { Checks } from './snippets/expectations';`, 'url: string');
  story.add(fences);

  test('the code compiles', () => {
    expect(fences.length).toBeGreaterThanOrEqual(least);
    expect(complaintsAbout(story.source, 'page.snippets.ts')).toEqual([]);
  }, 120_000);

  describeOnOwnBackends('the code', (server) => {
    test('runs from top to bottom, and its results are the ones it names', async () => {
      const { part0 } = loadModule(story.source, (name) => jest.requireActual(name));
      if (part0 === undefined) throw new Error(`the code of ${file} was not compiled`);
      await part0(checks as never, server().url as never);
    }, 120_000);
  });
});

/** The subpaths that have their own page, with the least number of their own names and methods. */
const DOORS = [
  ['tree', 50],
  ['batch', 10],
  ['service', 5],
] as const;

test.each(DOORS)('every exported name of redatom/%s, and every method and accessor of its own, has a doc comment', (door, least) => {
  const isOurs = ({ origin }: { origin: string }): boolean => !origin.startsWith('src/executor/');
  const surface = publicSurface(`${door}/index.ts`).filter(isOurs);
  const needed = surface.filter(({ kind }) => kind !== 'property');

  expect(needed.length).toBeGreaterThan(least);
  expect(needed.filter(({ doc }) => doc === '').map(({ name, origin }) => `${name} (${origin})`)).toEqual([]);
});
