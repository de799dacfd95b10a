type Plain = Readonly<Record<string, unknown>>;

/** Whether a document, as plain data, meets conditions: what the server has to find, computed here. */
export function matches(where: Plain, document: unknown): boolean {
  return Object.entries(where).every(([name, value]) => {
    if (name === '$and') return (value as Plain[]).every((part) => matches(part, document));
    if (name === '$or') return (value as Plain[]).some((part) => matches(part, document));
    if (name === '$not') return !matches(value as Plain, document);
    return memberMatches(value, (document as Plain | null)?.[name] ?? null);
  });
}

function memberMatches(condition: unknown, found: unknown): boolean {
  if (!isPlain(condition)) return some(found, (one) => same(one, condition));
  // Conditions on the models of a list are conditions on all values that their fields have.
  if (!Object.keys(condition).some((name) => name.startsWith('$')))
    return matches(condition, Array.isArray(found) ? together(found) : found);
  const { $gt, $gte, $lt, $lte, ...others } = condition;
  const inRange = (one: unknown): boolean =>
    one !== null &&
    ($gt === undefined || order(one) > order($gt)) &&
    ($gte === undefined || order(one) >= order($gte)) &&
    ($lt === undefined || order(one) < order($lt)) &&
    ($lte === undefined || order(one) <= order($lte));
  const hasRange = Object.keys(others).length < Object.keys(condition).length;
  return (!hasRange || some(found, inRange)) && Object.entries(others).every(([name, value]) => operatorMatches(name, value, found));
}

function operatorMatches(name: string, value: unknown, found: unknown): boolean {
  const isOneOf = (): boolean => some(found, (one) => (value as unknown[]).some((wanted) => same(one, wanted)));
  switch (name) {
    case '$eq':
      return some(found, (one) => same(one, value));
    case '$ne':
      return !some(found, (one) => same(one, value));
    case '$in':
      return isOneOf();
    case '$nin':
      return !isOneOf();
    case '$all':
      return (value as unknown[]).every((wanted) => some(found, (one) => same(one, wanted)));
    default:
      throw new Error(`no operator ${name}`);
  }
}

function together(items: readonly unknown[]): Plain {
  return Object.fromEntries(['sku', 'amount', 'colors'].map((name) => [name, items.flatMap((item) => (item as Plain)[name])]));
}

function some(found: unknown, test: (one: unknown) => boolean): boolean {
  return Array.isArray(found) ? found.some(test) : test(found);
}

function same(one: unknown, other: unknown): boolean {
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;
}

function order(value: unknown): number {
  return value instanceof Date ? value.getTime() : (value as number);
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
