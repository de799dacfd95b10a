import { isPlainObject } from '../codec/codec';
import { isModel, type IndexedField, type IndexedModel } from './indexed-fields';
import { inside, type Problems } from './problems';

/** The order of found documents. */
export interface Order {
  readonly field: IndexedField;
  readonly direction: 'ASC' | 'DESC';
}

const DIRECTIONS = new Map<unknown, Order['direction']>([
  ['asc', 'ASC'],
  ['desc', 'DESC'],
]);

/** Reads an order such as `{ age: 'desc' }`. Problems are noted. */
export function readOrder(given: unknown, model: IndexedModel, { problems, at }: { problems: Problems; at: string }): Order | undefined {
  const [entry, ...others] = isPlainObject(given) ? Object.entries(given) : [];
  if (entry === undefined || others.length > 0) {
    problems.add(at, "one field and its direction, such as { age: 'desc' }", given);
    return undefined;
  }
  const [name, value] = entry;
  const place = inside(at, name);
  const member = model.members.get(name);
  if (member !== undefined && isModel(member)) return readOrder(value, member, { problems, at: place });
  const direction = DIRECTIONS.get(value);
  if (member?.isSortable === true && direction !== undefined) return { field: member, direction };
  problems.add(place, direction === undefined ? "'asc' or 'desc'" : sortableIn(model), value);
  return undefined;
}

function sortableIn({ members }: IndexedModel): string {
  const names = [...members].flatMap(([name, member]) => (hasOrder(member) ? [name] : []));
  return `a field with @Index({ sortable: true })${names.length === 0 ? ' that stands in no list' : `: ${names.join(', ')}`}`;
}

function hasOrder(member: IndexedField | IndexedModel): boolean {
  return isModel(member) ? [...member.members.values()].some(hasOrder) : member.isSortable;
}
