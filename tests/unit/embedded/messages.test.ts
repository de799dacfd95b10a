import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as messages from '../../../src/embedded/messages';
import * as searchMessages from '../../../src/embedded/search/messages';

const ROOT = join(__dirname, '../../../src/embedded');

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('messages.ts'))
  .map((name) => ({ name, text: readFileSync(join(ROOT, name), 'utf8') }));

const everything = sources.map(({ text }) => text).join('\n');

const groups = Object.entries({ ...messages, ...searchMessages }).filter(([, group]) => typeof group === 'object');

test('every text is answered somewhere', () => {
  const names = groups.flatMap(([group, texts]) => Object.keys(texts).map((name) => `${group}.${name}`));

  expect(names.filter((name) => !new RegExp(`\\b${name.replace('.', '\\.')}\\b`).test(everything))).toEqual([]);
});

test('no other file has error texts of its own', () => {
  const texts = [
    /['"`](?:ERR|WRONGTYPE|NOAUTH|NOSCRIPT|EXECABORT|MOVED|CROSSSLOT) [^\n]*/g,
    /\b(?:fault|bareFault|CommandError)\((?:\d, )?['"`][^\n]*/g,
  ];

  expect(
    sources.flatMap(({ name, text }) => texts.flatMap((pattern) => (text.match(pattern) ?? []).map((found) => `${name}: ${found}`))),
  ).toEqual([]);
});
