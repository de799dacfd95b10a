import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAYERS } from '../architecture/layer-table';

const ROOT = join(__dirname, '../..');
const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');

test('CONTRIBUTING.md shows the layers that the architecture test holds', () => {
  const shown = Object.fromEntries(
    [...text.matchAll(/^\| (\d) \| `([\w.]+)` \|/gm)].map(([, layer, folder]) => [String(folder), Number(layer)] as const),
  );
  const present = Object.fromEntries(Object.entries(LAYERS).filter(([folder]) => existsSync(join(ROOT, 'src', folder))));

  expect(shown).toEqual(present);
});

test.each(['README.md', 'CONTRIBUTING.md'])('%s names only commands and files that exist', (file) => {
  const markdown = readFileSync(join(ROOT, file), 'utf8');
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const commands = [...markdown.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
  const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => path ?? '');

  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  expect(links.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
