import { explainSearch } from './compare-search';
import { showReply, type WireReply } from './wire';

/** Commands whose answers have no promised order. */
const unordered = new Set(['keys', 'smembers', 'sinter', 'sunion', 'sdiff', 'scan', 'spop', 'srandmember', 'sscan', 'ft._list']);
const scans = new Set(['scan', 'hscan', 'sscan', 'zscan']);
const precise = new Set(['incrbyfloat', 'hincrbyfloat']);
const timed = new Set(['ttl', 'pttl', 'expiretime', 'pexpiretime']);

/**
 * Why two different replies still count as the same answer; undefined when they do not.
 * Each reason is explained in the documentation of the embedded server.
 */
export function explain(args: readonly string[], real: WireReply, embedded: WireReply): string | undefined {
  if (showReply(real) === showReply(embedded)) return 'equal';
  const words = new Set(args.map((word) => word.toLowerCase()));
  const name = (args[0] ?? '').toLowerCase();
  const scripted = name === 'eval';
  const isOneOf = (names: ReadonlySet<string>): boolean => names.has(name) || (scripted && [...names].some((other) => words.has(other)));
  if (name === 'hello') return 'greetings differ';
  if (showReply(real) === showReply(withoutNamedWords(embedded, args))) return 'names the word that is not understood';
  if (name === 'ft.search' || name === 'ft.info') return explainSearch(args, real, embedded);
  if (isOneOf(timed) && closeTo(real, embedded)) return 'time passes between the two';
  if (isOneOf(precise) && sameDoubles(real, embedded)) return 'the same number with fewer bits';
  if (scripted && canonical(real) === canonical(embedded)) return 'tables of scripts have no order';
  if (isOneOf(scans) && isCutShort(real, embedded)) return 'what a page of a scan has is not promised';
  // A map that went through a script to a client of RESP2 is a list in the order of Lua's table.
  const order = { lists: isOneOf(unordered) || (scripted && words.has('expand')) };
  return showReply(sorted(real, order)) === showReply(sorted(embedded, order)) ? 'order is not promised' : undefined;
}

const namedWord = /, unexpected (?:end of|'([^]*?)' in) (?:[A-Z.]+|redis\.call)(?= script: |$)/g;

/** The reply as the real server words it: errors of the embedded one also name the word of the request that is not understood. */
function withoutNamedWords(reply: WireReply, args: readonly string[]): WireReply {
  if ('items' in reply) return { ...reply, items: reply.items.map((item) => withoutNamedWords(item, args)) };
  if (!('text' in reply)) return reply;
  const sent = args.join('\n').replace(/[\r\n]/g, ' ');
  const text = reply.text.replace(namedWord, (whole: string, word: string | undefined) =>
    word === undefined || sent.includes(word) ? '' : whole,
  );
  return { ...reply, text };
}

/** Whether both replies are pages of a scan, and at least one has a cursor that leads to another page. */
function isCutShort(...replies: readonly WireReply[]): boolean {
  const cursors = replies.map((reply) => ('items' in reply ? reply.items[0] : undefined));
  return cursors.every((cursor) => cursor !== undefined && 'text' in cursor) && cursors.some((cursor) => cursor.text !== '0');
}

function closeTo(left: WireReply, right: WireReply): boolean {
  return (
    left.type === ':' && right.type === ':' && 'text' in left && 'text' in right && Math.abs(Number(left.text) - Number(right.text)) < 2000
  );
}

/** Whether the replies differ only in how doubles are spelled. */
function sameDoubles(left: WireReply, right: WireReply): boolean {
  if ('items' in left && 'items' in right) {
    return (
      left.type === right.type &&
      left.items.length === right.items.length &&
      left.items.every((item, index) => sameDoubles(item, right.items[index] as WireReply))
    );
  }
  if (!('text' in left) || !('text' in right) || left.type !== right.type) return left.type === right.type;
  return (
    left.text === right.text ||
    ((left.type === ',' || left.type === '$') && /^-?\d/.test(left.text) && Number(left.text) === Number(right.text))
  );
}

/** The reply as text, with the members of JSON objects sorted. */
function canonical(reply: WireReply): string {
  if ('items' in reply) return `${reply.type}[${reply.items.map(canonical).join(' ')}]`;
  if (reply.type !== '$') return showReply(reply);
  try {
    return JSON.stringify(inOrder(JSON.parse(reply.text)));
  } catch {
    return showReply(reply);
  }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => [key, inOrder(member)]);
}

/** The reply with everything unordered sorted: maps, sets, the outermost object of JSON text, and lists where asked. */
function sorted(reply: WireReply, order: { readonly lists: boolean }): WireReply {
  if ('items' in reply) {
    const items = reply.items.map((item) => sorted(item, order));
    if (reply.type === '*' || reply.type === '>') return { type: reply.type, items: order.lists ? byText(items) : items };
    if (reply.type === '~') return { type: '~', items: byText(items) };
    const pairs = items
      .filter((_, index) => index % 2 === 0)
      .map((key, index) => ({ type: '*', items: [key, items[index * 2 + 1] as WireReply] }) as const);
    return { type: '%', items: byText(pairs) };
  }
  if (!('text' in reply)) return reply;
  return reply.type === '$' ? { type: '$', text: topLevelSorted(reply.text) } : reply;
}

function byText(items: readonly WireReply[]): WireReply[] {
  return [...items].sort((left, right) => (showReply(left) < showReply(right) ? -1 : 1));
}

/** RedisJSON answers several paths from a hash map; only that outermost object has no order. */
function topLevelSorted(text: string): string {
  if (!/^\s*\{/.test(text)) return text;
  const members: string[] = [];
  let [depth, quoted, start] = [0, false, 1];
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index);
    if (quoted) {
      if (letter === '\\') index += 1;
      else if (letter === '"') quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    else if (letter === ',' && depth === 1) {
      members.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  members.push(text.slice(start, text.lastIndexOf('}')).trim());
  return `{${members.sort().join(',')}}`;
}
