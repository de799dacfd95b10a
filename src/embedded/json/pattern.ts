const cacheSize = 500;
const cache = new Map<string, RegExp | undefined>();

/** The pattern of a `=~` operator, or undefined when the server would not accept it: such a pattern matches nothing. */
export function patternOf(source: string): RegExp | undefined {
  if (!cache.has(source)) {
    if (cache.size >= cacheSize) cache.clear();
    cache.set(source, compilePattern(Buffer.from(source, 'latin1').toString('utf8')));
  }
  return cache.get(source);
}

const leadingFlags = /^\(\?([imsUux]+)\)/;

/** Look-around and back-references do not exist in the server's expressions. */
const unsupported = /\(\?<?[=!]|\\[1-9]/;

function compilePattern(source: string): RegExp | undefined {
  const flags = leadingFlags.exec(source)?.[1] ?? '';
  const body = source.replace(leadingFlags, '').replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\z', '$');
  if (unsupported.test(body)) return undefined;
  try {
    return new RegExp(body, `u${[...new Set(flags)].filter((flag) => 'ims'.includes(flag)).join('')}`);
  } catch {
    return undefined;
  }
}
