const CACHE_SIZE = 500;
const cache = new Map<string, RegExp | undefined>();

/** The pattern of a `=~` operator. Undefined when the server would not accept it; such a pattern matches nothing. */
export function patternOf(source: string): RegExp | undefined {
  if (!cache.has(source)) {
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(source, compilePattern(Buffer.from(source, 'latin1').toString('utf8')));
  }
  return cache.get(source);
}

const LEADING_FLAGS = /^\(\?([imsUux]+)\)/;

/** Look-around and back-references do not exist in the server's expressions. */
const UNSUPPORTED = /\(\?<?[=!]|\\[1-9]/;

function compilePattern(source: string): RegExp | undefined {
  const flags = LEADING_FLAGS.exec(source)?.[1] ?? '';
  const body = source.replace(LEADING_FLAGS, '').replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\z', '$');
  if (UNSUPPORTED.test(body)) return undefined;
  try {
    return new RegExp(body, `u${[...new Set(flags)].filter((flag) => 'ims'.includes(flag)).join('')}`);
  } catch {
    return undefined;
  }
}
