// Builds src/lua/catalog.generated.ts from the .lua files. `--check` writes nothing, and fails if the file is out of date.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'lua');
const target = join(folder, 'catalog.generated.ts');

/** A script as it is sent to the server: without its header, comments and blank lines. */
function strip(source) {
  return source
    .replace(/^--\[\[[\s\S]*?\]\]\n/, '')
    .replace(/^\s*--.*\n/gm, '')
    .replace(/^\s*\n/gm, '');
}

/** A script with its includes, and theirs in turn: each file once, before the code that needs it. */
function withIncludes(source, taken = new Set()) {
  return source.replace(/^[ ]*-- include (\S+)$/gm, (_, name) => {
    if (taken.has(name)) return '';
    taken.add(name);
    return withIncludes(readFileSync(join(folder, 'includes', `${name}.lua`), 'utf8'), taken);
  });
}

function constantName(name) {
  return name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function constant(name, source) {
  const sha1 = createHash('sha1').update(source).digest('hex');
  return `export const ${constantName(name)}: Script = {\n  name: '${name}',\n  sha1: '${sha1}',\n  source: String.raw\`${source}\`,\n};\n`;
}

export function buildCatalog() {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.lua'))
    .sort();
  const scripts = files.map((file) => {
    const source = withIncludes(readFileSync(join(folder, file), 'utf8'));
    return constant(file.replace(/\.lua$/, ''), strip(source));
  });
  return `// Built from the .lua files of this folder by \`npm run build:lua\`; do not edit.\nimport type { Script } from './script';\n\n${scripts.join('\n')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = buildCatalog();
  if (!process.argv.includes('--check')) writeFileSync(target, built);
  else if (readFileSync(target, 'utf8') !== built) {
    console.error('src/lua/catalog.generated.ts is out of date; run npm run build:lua');
    process.exit(1);
  }
}
