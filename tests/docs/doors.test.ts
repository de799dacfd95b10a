import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeOnEveryBackend } from '../support/backends';
import { checks } from './snippets/checks';
import { complaintsAbout, loadModule } from './snippets/compile';
import { fencesOf } from './snippets/fences';
import { SnippetModule } from './snippets/module';
import { publicSurface } from './tsdoc/public-surface';

/** The subpaths that have a page of their own, and how many names and methods of their own they have at least. */
const DOORS = [
  ['tree', 50],
  ['batch', 10],
  ['service', 5],
] as const;

describe.each(DOORS)('redatom/%s', (door, least) => {
  const file = `src/${door}/README.md`;
  const fences = fencesOf(readFileSync(join(__dirname, '../..', file), 'utf8'), file);
  const story = new SnippetModule(`import type { Checks } from './snippets/expectations';`, 'url: string');
  story.add(fences);

  test('the code of its page compiles', () => {
    expect(fences.length).toBeGreaterThan(1);
    expect(complaintsAbout(story.source, `${door}.snippets.ts`)).toEqual([]);
  });

  describeOnEveryBackend('the code of its page', (backend) => {
    test('runs from top to bottom, and its results are the ones it names', async () => {
      const { part0 } = loadModule(story.source, (name) => jest.requireActual(name));
      if (part0 === undefined) throw new Error(`the code of ${file} was not compiled`);
      await part0(checks as never, backend.url as never);
    });
  });

  test('every exported name, and every method and accessor of its own, has a doc comment', () => {
    const isOurs = ({ origin }: { origin: string }): boolean => !origin.startsWith('src/executor/');
    const surface = publicSurface(`${door}/index.ts`).filter(isOurs);
    const needed = surface.filter(({ kind }) => kind !== 'property');

    expect(needed.length).toBeGreaterThan(least);
    expect(needed.filter(({ doc }) => doc === '').map(({ name, origin }) => `${name} (${origin})`)).toEqual([]);
  });
});
