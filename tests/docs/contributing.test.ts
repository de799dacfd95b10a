import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading ?? '');
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'benchmarks/README.md',
  ...['batch', 'embedded', 'service', 'tree'].map((door) => `src/${door}/README.md`),
];

test.each(pages)('%s names only commands, files and headings that exist', (file) => {
  const page = readFileSync(join(ROOT, file), 'utf8');
  const commands = [...page.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? '');
  const links = [...page.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].map(([, path, anchor]) => ({ path: path ?? '', anchor }));

  expect(commands.filter((name) => !(name in scripts))).toEqual([]);
  expect(links.filter(({ path }) => !existsSync(join(ROOT, dirname(file), path)))).toEqual([]);
  const anchors = anchorsOf(page);
  expect(links.filter(({ path, anchor }) => path === '' && anchor !== undefined && !anchors.has(anchor))).toEqual([]);
});
