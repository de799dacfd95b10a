import type { Snippet } from './snippet';

const FENCE = /^```ts\n([\s\S]*?)^```$/gm;
const NOT_RUN = /<!-- not run: (.+?) -->\s*$/;

/** The ```ts fences of a Markdown text. A comment `<!-- not run: reason -->` above a fence keeps it from being run. */
export function fencesOf(markdown: string, file: string): Snippet[] {
  return [...markdown.matchAll(FENCE)].map((match) => {
    const before = markdown.slice(0, match.index);
    return { origin: `${file}:${before.split('\n').length}`, code: match[1] ?? '', notRun: NOT_RUN.exec(before)?.[1] };
  });
}
