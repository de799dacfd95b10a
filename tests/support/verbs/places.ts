import type { AtomicRedisModel } from 'redatom';
import { Holder, HolderWithTtl, plainFields, Root, RootWithTtl, storedFields, type Fields, type StoredFields } from './models';

type AnyHolder = Holder | HolderWithTtl;

/** Where the values that a verb works on can live. */
export interface Place<D extends AtomicRedisModel = AtomicRedisModel> {
  readonly name: string;
  /** True for an item of a list: the commit compares it with what was read, so that check fails before others. */
  readonly isGuarded: boolean;
  create(init: Partial<typeof plainFields>, withTtl?: boolean): Promise<D>;
  partOf(document: D): Fields;
  /** JSONPath of the part, up to the name of its field. */
  readonly path: string;
  /** The stored document when the part holds these values. */
  storedWith(part: StoredFields): unknown;
}

const sibling = storedFields;

async function createHolder(init: Partial<typeof plainFields>, withTtl = false): Promise<AnyHolder> {
  const part = { ...plainFields, ...init };
  const values = { inner: plainFields, items: [plainFields, part], byName: { 'a b': plainFields, x: part } };
  return withTtl ? HolderWithTtl.create({ ...values, inner: part }) : Holder.create({ ...values, inner: part });
}

const root: Place<Root | RootWithTtl> = {
  name: 'at the root',
  isGuarded: false,
  create: async (init, withTtl = false) =>
    withTtl ? RootWithTtl.create({ ...plainFields, ...init }) : Root.create({ ...plainFields, ...init }),
  partOf: (document) => document,
  path: '$',
  storedWith: (part) => part,
};

/** All three parts start with the same values, and only the one at `at` may change, so a verb that works on another part is noticed. */
function inHolder(place: Pick<Place<AnyHolder>, 'name' | 'partOf' | 'path'> & { at: 'inner' | 'items' | 'byName' }): Place<AnyHolder> {
  let before: StoredFields = storedFields;
  return {
    name: place.name,
    path: place.path,
    isGuarded: place.at === 'items',
    partOf: (document) => place.partOf(document),
    create: async (init, withTtl) => {
      const document = await createHolder(init, withTtl);
      before = place.partOf(document).toJSON() as StoredFields;
      return document;
    },
    storedWith: (part) => {
      const at = (name: string): StoredFields => (place.at === name ? part : before);
      return { inner: at('inner'), items: [sibling, at('items')], byName: { 'a b': sibling, x: at('byName') } };
    },
  };
}

export const places: Place[] = [
  root,
  inHolder({ name: 'in a nested model', at: 'inner', path: '$["inner"]', partOf: ({ inner }) => inner }),
  inHolder({ name: 'in a list of models', at: 'items', path: '$["items"][1]', partOf: ({ items }) => items[1] as Fields }),
  inHolder({ name: 'in a dict of models', at: 'byName', path: '$["byName"]["x"]', partOf: ({ byName }) => byName['x'] as Fields }),
];
