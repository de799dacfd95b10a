import { showReply, type WireReply } from './wire';

/** Answers whose order or moment no server promises. */
const unordered = new Set(['keys', 'smembers', 'sinter', 'sunion', 'sdiff', 'scan', 'hgetall', 'hkeys', 'hvals']);
const timed = new Set(['ttl', 'pttl', 'expiretime', 'pexpiretime']);

/**
 * Why two replies that differ are still the same answer, or undefined when they are not.
 * Each reason is explained in the documentation of the embedded server.
 */
export function explain(args: readonly string[], real: WireReply, embedded: WireReply): string | undefined {
  const name = (args[0] ?? '').toLowerCase();
  if (showReply(real) === showReply(embedded)) return 'equal';
  if (name === 'hello') return 'greetings differ';
  if (timed.has(name) && closeTo(real, embedded)) return 'time passes between the two';
  if (sameDoubles(real, embedded)) return 'another spelling of the same double';
  if (name.startsWith('eval') && canonical(real) === canonical(embedded)) return 'tables of scripts have no order';
  if (showReply(sorted(real)) === showReply(sorted(embedded)))
    return unordered.has(name) || hasMap(real) || isObjectText(real) ? 'order is not promised' : 'order';
  return undefined;
}

function closeTo(left: WireReply, right: WireReply): boolean {
  return (
    left.type === ':' && right.type === ':' && 'text' in left && 'text' in right && Math.abs(Number(left.text) - Number(right.text)) < 2000
  );
}

/** Whether the replies differ in how doubles are spelled only. */
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

/** JSON text in replies with members in order. */
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

function hasMap(reply: WireReply): boolean {
  return 'items' in reply && (reply.type === '%' || reply.items.some(hasMap));
}

function isObjectText(reply: WireReply): boolean {
  if ('items' in reply) return reply.items.some(isObjectText);
  return reply.type === '$' && reply.text.includes('{');
}

/** The reply with everything unordered put in order: maps, sets, and the members of an object in JSON text. */
function sorted(reply: WireReply): WireReply {
  if ('items' in reply) {
    const items = reply.items.map(sorted);
    if (reply.type === '*' || reply.type === '>')
      return { type: reply.type, items: items.length > 0 && items.every((item) => 'text' in item) ? byText(items) : items };
    if (reply.type === '~') return { type: '~', items: byText(items) };
    const pairs = items
      .filter((_, index) => index % 2 === 0)
      .map((key, index) => ({ type: '*', items: [key, items[index * 2 + 1] as WireReply] }) as const);
    return { type: '%', items: byText(pairs) };
  }
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
