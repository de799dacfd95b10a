import type { Snippet } from '../snippets/snippet';
import type { PublicName } from './public-surface';

const FENCE = /^\s*\* ```ts\n([\s\S]*?)^\s*\* ```$/gm;

/** The ```ts fences in the doc comments. */
export function examplesOf(names: readonly PublicName[]): Snippet[] {
  return names.flatMap(({ doc, origin, docLine }) =>
    [...doc.matchAll(FENCE)].map((match) => {
      const line = docLine + doc.slice(0, match.index).split('\n').length;
      const code = (match[1] ?? '').replace(/^\s*\* ?/gm, '');
      return { origin: `${origin.replace(/:\d+$/, '')}:${line}`, code: asStatements(code) };
    }),
  );
}

/** An example of a field decorator shows members of a class. */
function asStatements(code: string): string {
  return /^\s*@(Field|Key|Version|Index)\(/.test(code)
    ? `@Model()\nclass Example extends AtomicRedisModel {\n${code}}\nExample.build;`
    : code;
}
