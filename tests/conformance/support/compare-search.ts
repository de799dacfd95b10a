import { showReply, type WireReply } from './wire';

/** Why two different answers about an index still count as the same; undefined when they do not. */
export function explainSearch(args: readonly string[], real: WireReply, embedded: WireReply): string | undefined {
  if (isRefusal(embedded) && textOf(embedded).endsWith('SORTBY with a list')) return 'lists have no order';
  if (args[0]?.toLowerCase() === 'ft.info') return hasFacts(real, embedded) ? 'fewer facts' : undefined;
  const [expected, answered] = [resultOf(real), resultOf(embedded)];
  if (expected === undefined || expected.frame !== answered?.frame || expected.rows.length !== answered.rows.length) return undefined;
  const [left, right] = [expected.rows, answered.rows];
  const sort = args[args.findIndex((word) => word.toUpperCase() === 'SORTBY') + 1] ?? '';
  const inOrder = (rows: readonly WireReply[]): string => rows.map((row) => sortText(row, sort)).join();
  if (inOrder(left) !== inOrder(right)) return undefined;
  const isCut = left.length < expected.total;
  const texts = (rows: readonly WireReply[]): string => rows.map(showReply).sort().join();
  return isCut || texts(left) === texts(right) ? 'order is not promised' : undefined;
}

/** Whether an answer names what the embedded server does not support. */
export function isRefusal(reply: WireReply): boolean {
  return reply.type === '-' && reply.text.startsWith('ERR the embedded server does not support ');
}

/** The names and values of a map, or of a list that has them in turn. */
function factsOf(reply: WireReply): ReadonlyMap<string, WireReply> {
  const items = 'items' in reply ? reply.items : [];
  const pairs = items.filter((_, at) => at % 2 === 0).map((name, at) => [textOf(name), items[2 * at + 1] as WireReply] as const);
  return new Map(pairs);
}

const textOf = (reply: WireReply | undefined): string => (reply !== undefined && 'text' in reply ? reply.text : '');

function hasFacts(real: WireReply, embedded: WireReply): boolean {
  const known = factsOf(real);
  return [...factsOf(embedded)].every(([name, value]) => {
    const other = known.get(name);
    return other !== undefined && showReply(other) === showReply(value);
  });
}

interface Result {
  readonly total: number;
  /** Everything except the rows. */
  readonly frame: string;
  readonly rows: readonly WireReply[];
}

function resultOf(reply: WireReply): Result | undefined {
  if (!('items' in reply)) return undefined;
  if (reply.type === '%') {
    const facts = factsOf(reply);
    const results = facts.get('results');
    const frame = [...facts].map(([name, value]) => (name === 'results' ? name : `${name}${showReply(value)}`)).join();
    return { total: Number(textOf(facts.get('total_results'))), frame, rows: results && 'items' in results ? results.items : [] };
  }
  const rows: WireReply[] = [];
  for (const item of reply.items.slice(1)) {
    const last = rows[rows.length - 1];
    if ('items' in item && last !== undefined && 'items' in last) rows[rows.length - 1] = { type: '*', items: [...last.items, item] };
    else rows.push({ type: '*', items: [item] });
  }
  return { total: Number(textOf(reply.items[0])), frame: textOf(reply.items[0]), rows };
}

/** The value that a row shows for the attribute by which rows are sorted. Without RETURN, a row begins with it. */
function sortText(row: WireReply, attribute: string): string {
  const parts = 'items' in row ? row.items : [];
  const fields = row.type === '%' ? factsOf(row).get('extra_attributes') : parts[1];
  const value = fields && factsOf(fields).get(attribute);
  return value === undefined ? 'none' : showReply(value);
}
