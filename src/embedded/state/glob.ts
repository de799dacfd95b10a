/** A test for the server's glob patterns: `*`, `?`, `[a-z]`, `[^x]` and backslash escapes. */
export function globTest(pattern: string): (text: string) => boolean {
  if (pattern === '*') return () => true;
  const expression = new RegExp(`^${sourceOf(pattern)}$`, 's');
  // In the server, only an empty pattern and `*` match an empty text.
  return (text) => (text === '' ? pattern === '' : expression.test(text));
}

function sourceOf(pattern: string): string {
  let source = '';
  for (let index = 0; index < pattern.length; index += 1) {
    const letter = pattern.charAt(index);
    if (letter === '*') source += source.endsWith('.*') ? '' : '.*';
    else if (letter === '?') source += '.';
    else if (letter === '[') {
      const set = classOf(pattern, index + 1);
      source += set.source;
      index = set.last;
    } else if (letter === '\\' && index + 1 < pattern.length) source += literal(pattern.charAt((index += 1)));
    else source += literal(letter);
  }
  return source;
}

function literal(letter: string): string {
  return `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** A set that is not closed ends with the pattern. */
function classOf(pattern: string, start: number): { readonly source: string; readonly last: number } {
  const negated = pattern.charAt(start) === '^';
  let body = '';
  let index = negated ? start + 1 : start;
  for (; index < pattern.length && pattern.charAt(index) !== ']'; index += 1) {
    if (pattern.charAt(index) === '\\' && index + 1 < pattern.length) index += 1;
    else if (pattern.charAt(index + 1) === '-' && index + 2 < pattern.length) {
      const ends = [pattern.charAt(index), pattern.charAt(index + 2)].sort();
      body += ends.map(literal).join('-');
      index += 2;
      continue;
    }
    body += literal(pattern.charAt(index));
  }
  if (body === '') return { source: negated ? '[^]' : '[]', last: index };
  return { source: `[${negated ? '^' : ''}${body}]`, last: index };
}
