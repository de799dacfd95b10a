import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as catalog from '../../../src/lua/catalog.generated';
import type { Script } from '../../../src/lua/script';

const repository = join(__dirname, '../../..');
const folder = join(repository, 'src/lua');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.lua'))
  .map((file) => file.replace(/\.lua$/, ''));
const scripts = new Map<string, Script>(Object.entries(catalog));

function constantName(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function headerOf(name: string): string {
  const [, header] = /^--\[\[([\s\S]*?)\]\]\n/.exec(readFileSync(join(folder, `${name}.lua`), 'utf8')) ?? [];
  return header ?? '';
}

/** The last position of KEYS or ARGV that a header describes; `open` when it describes a range with an open end. */
function described(header: string, table: 'KEYS' | 'ARGV'): { count: number; open: boolean } {
  const entries = [...header.matchAll(new RegExp(`${table}\\[(\\d+)(\\.\\.n?)?\\]`, 'g'))];
  return { count: Math.max(0, ...entries.map(([, index]) => Number(index))), open: entries.some(([, , range]) => range !== undefined) };
}

function used(source: string, table: 'KEYS' | 'ARGV'): { count: number; open: boolean } {
  const indexes = [...source.matchAll(new RegExp(`${table}\\[([^\\]]+)\\]`, 'g'))].map(([, index]) => Number(index));
  return {
    count: Math.max(0, ...indexes.filter((index) => !Number.isNaN(index))),
    open: indexes.some((index) => Number.isNaN(index)) || new RegExp(`[^\\w]${table}[^\\w\\[]`).test(source),
  };
}

describe('the catalogue of Lua scripts', () => {
  test('is built from the files as they are', () => {
    execFileSync(process.execPath, [join(repository, '.ci/build-lua.mjs'), '--check'], { stdio: 'pipe' });
  });

  test('holds each file under its name, with its digest', () => {
    expect([...scripts.keys()].sort()).toEqual(names.map(constantName).sort());
    for (const name of names) {
      const script = scripts.get(constantName(name)) as Script;
      expect(script.name).toBe(name);
      expect(script.sha1).toBe(createHash('sha1').update(script.source).digest('hex'));
      expect(script.source).not.toMatch(/^--/m);
    }
  });
});

describe.each(names)('%s.lua', (name) => {
  const header = headerOf(name);
  // As it is sent, with all that it includes.
  const source = scripts.get(constantName(name))?.source ?? '';

  test('says in its header what it is called, given and answers, and what it costs', () => {
    const [title, purpose] = header.trimStart().split('\n');
    expect(title).toBe(name);
    expect(purpose).toMatch(/\.$|[a-z]$/);
    for (const word of ['KEYS[', 'Returns ', 'Errors ', 'Cluster ', 'Cost ']) expect(header).toContain(word);
  });

  test.each(['KEYS', 'ARGV'] as const)('describes the %s that it uses', (table) => {
    const [says, uses] = [described(header, table), used(source, table)];
    expect(says.open).toBe(uses.open);
    if (says.open) expect(says.count).toBeGreaterThanOrEqual(uses.count);
    else expect(says.count).toBe(uses.count);
  });

  test('never decodes a document to store it again', () => {
    expect(source.replaceAll('cjson.encode({ [name] = cjson.null })', '')).not.toContain('cjson.encode');
  });
});
