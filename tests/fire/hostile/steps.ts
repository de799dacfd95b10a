import { AtomicRedisModel, dict, Field, json, Key, list, Model, RedisDict, RedisInt, RedisList, RedisStr } from 'redatom';
import { objectOf } from './arbitrary';

@Model()
class Part extends AtomicRedisModel {
  @Field(RedisInt) count!: RedisInt;
  @Field(RedisStr, { default: '' }) text!: RedisStr;
  @Field(list(String)) tags!: RedisList<string>;
  @Field(dict(String)) notes!: RedisDict<string>;
}

@Model()
export class Hostile extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(dict(String)) texts!: RedisDict<string>;
  @Field(dict(json())) values!: RedisDict<unknown>;
  @Field(dict(list(String))) lists!: RedisDict<RedisList<string>>;
  @Field(dict(() => Part)) parts!: RedisDict<Part>;
  @Field(dict(dict(String))) nested!: RedisDict<RedisDict<string>>;
  @Field(String, { default: 'untouched' }) witness!: string;
}

export type Document = ReturnType<typeof freshDocument>;

/** Members that stand beside the hostile one and must stay as they are. */
export function freshDocument() {
  return {
    name: 'one',
    texts: { a: '1', b: '2', '*': '3', 'a.b': '4', __proto__: 'inherited' } as Record<string, string>,
    values: { a: [1], b: { c: 2 } } as Record<string, unknown>,
    lists: { a: ['x'], b: ['y'] } as Record<string, string[]>,
    parts: { a: { count: 1, text: '', tags: ['t'], notes: { n: 'm' } } } as Record<string, unknown>,
    nested: { a: { a: '1' }, b: { b: '2' } } as Record<string, Record<string, string>>,
    witness: 'untouched',
  };
}

export interface Step {
  /** Takes the step with the library. */
  readonly run: (document: Hostile, name: string, value: never) => unknown;
  /** Does the same with plain objects. */
  readonly plain: (document: Document, name: string, value: never) => void;
}

const put = (target: object, name: string, value: unknown): void => {
  Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
};

export const onTexts: Record<string, Step> = {
  asetItem: { run: ({ texts }, name, value) => texts.asetItem(name, value), plain: ({ texts }, name, value) => put(texts, name, value) },
  aupdate: {
    run: ({ texts }, name, value) =>
      texts.aupdate(
        objectOf([
          [name, value],
          ['other', 'o'],
        ]),
      ),
    plain: ({ texts }, name, value) => (put(texts, name, value), put(texts, 'other', 'o')),
  },
  asetDefault: {
    run: ({ texts }, name, value) => texts.asetDefault(name, value),
    plain: ({ texts }, name, value) => {
      if (!Object.hasOwn(texts, name)) put(texts, name, value);
    },
  },
  'asetItem, adelItem': {
    run: async ({ texts }, name, value) => {
      await texts.asetItem(name, value);
      expect(await texts.adelItem(name)).toBe(true);
      expect(await texts.adelItem(name)).toBe(false);
    },
    plain: ({ texts }, name) => {
      delete texts[name];
    },
  },
  'asetItem, apop': {
    run: async ({ texts }, name, value) => {
      await texts.asetItem(name, value);
      expect(await texts.apop(name)).toBe(value);
      expect(await texts.apop(name, 'none')).toBe('none');
    },
    plain: ({ texts }, name) => {
      delete texts[name];
    },
  },
  'aclear, asetItem, apopItem': {
    run: async ({ texts }, name, value) => {
      await texts.aclear();
      await texts.asetItem(name, value);
      expect(await texts.apopItem()).toEqual([name, value]);
    },
    plain: (document) => {
      document.texts = {};
    },
  },
  'set and delete in pipelines': {
    run: async (document, name, value) => {
      await document.pipeline(({ texts }) => {
        texts.set(name, value);
        texts.set('other', 'o');
      });
      expect(document.texts.get(name)).toBe(value);
      await document.pipeline(({ texts }) => {
        texts.delete(name);
      });
    },
    plain: ({ texts }, name) => {
      if (name !== 'other') put(texts, 'other', 'o');
      delete texts[name];
    },
  },
  'set in a pipeline twice': {
    run: (document, name, value) =>
      document.pipeline(({ texts }) => {
        texts.set(name, 'first');
        texts.set('other', 'o');
        texts.set(name, value);
      }),
    plain: ({ texts }, name, value) => {
      put(texts, name, 'first');
      put(texts, 'other', 'o');
      put(texts, name, value);
    },
  },
  'assignment and saveChanges': {
    run: async (document, name, value) => {
      document.texts.set(name, value);
      await document.saveChanges();
    },
    plain: ({ texts }, name, value) => put(texts, name, value),
  },
  assign: {
    run: (document, name, value) => document.pipeline(({ texts }) => texts.assign(objectOf([[name, value]]))),
    plain: (document, name, value) => {
      document.texts = objectOf([[name, value]]);
    },
  },
  save: {
    run: async (document, name, value) => {
      document.texts.set(name, value);
      await document.save();
    },
    plain: ({ texts }, name, value) => put(texts, name, value),
  },
};

export const onValues: Record<string, Step> = {
  asetItem: {
    run: ({ values }, name, value) => values.asetItem(name, value),
    plain: ({ values }, name, value) => put(values, name, value),
  },
  'asetItem over another': {
    run: async ({ values }, name, value) => {
      await values.asetItem(name, { before: { deep: 1 } });
      await values.asetItem(name, value);
    },
    plain: ({ values }, name, value) => put(values, name, value),
  },
  'asetItem, apop': {
    run: async ({ values }, name, value) => {
      await values.asetItem(name, value);
      expect(await values.apop(name, 'none')).toEqual(value);
    },
    plain: ({ values }, name) => {
      delete values[name];
    },
  },
  pipeline: {
    run: (document, name, value) =>
      document.pipeline(({ values }) => {
        values.set(name, value);
        values.set('other', value);
      }),
    plain: ({ values }, name, value) => {
      put(values, name, value);
      put(values, 'other', value);
    },
  },
};

export const inside: Record<string, Step> = {
  'a list: aappend, aset, ainsert, apop': {
    run: async ({ lists }, name, value) => {
      await lists.aupdate(objectOf([[name, ['x', 'y']]]));
      const items = lists.get(name) as RedisList<string>;
      await items.aappend(value);
      await items.ainsert(0, value);
      await items.aset(1, value);
      expect(await items.apop(2)).toBe('y');
    },
    plain: ({ lists }, name, value) => put(lists, name, [value, value, value]),
  },
  'a list in a pipeline': {
    run: async (document, name, value) => {
      await document.lists.asetItem(name, ['x', 'y']);
      await document.pipeline(({ lists }) => {
        const items = lists.get(name) as RedisList<string>;
        items.append(value);
        items[0] = value;
        items.remove('y');
      });
    },
    plain: ({ lists }, name, value) => put(lists, name, [value, value]),
  },
  'a model': {
    run: async ({ parts }, name, value) => {
      await parts.asetItem(name, { count: 1, tags: ['t'] });
      const part = parts.get(name) as Part;
      await part.count.increase(4);
      await part.text.aappend(value);
      await part.tags.aappend(value);
      await part.notes.asetItem('n', value);
      await part.aupdate({ count: 9 });
    },
    plain: ({ parts }, name, value) => put(parts, name, { count: 9, text: value, tags: ['t', value], notes: { n: value } }),
  },
  'a model in a pipeline': {
    run: async (document, name, value) => {
      await document.parts.asetItem(name, { count: 1, tags: ['t'] });
      await document.pipeline(({ parts }) => {
        const part = parts.get(name) as Part;
        part.count.add(4);
        part.text.append(value);
        part.tags.append(value);
        part.notes.set('n', value);
      });
    },
    plain: ({ parts }, name, value) => put(parts, name, { count: 5, text: value, tags: ['t', value], notes: { n: value } }),
  },
  'a dict': {
    run: async ({ nested: outer }, name, value) => {
      const [first, last] = [`${name}1`, `${name}2`];
      await outer.asetItem(name, { [first]: '1' });
      const inner = outer.get(name) as RedisDict<string>;
      await inner.asetItem(name, value);
      expect(await inner.apop(first)).toBe('1');
      await inner.asetItem(last, value);
      expect(await inner.adelItem(last)).toBe(true);
    },
    plain: ({ nested: outer }, name, value) => put(outer, name, objectOf([[name, value as string]])),
  },
  'a dict in a pipeline': {
    run: async (document, name, value) => {
      await document.nested.asetItem(name, { x: '1' });
      await document.pipeline(({ nested: outer }) => {
        const inner = outer.get(name) as RedisDict<string>;
        inner.set('y', value);
        inner.delete('x');
      });
    },
    plain: ({ nested: outer }, name, value) => put(outer, name, { y: value }),
  },
};

export function structuredCopy(document: Document): Document {
  return JSON.parse(JSON.stringify(document)) as Document;
}

export function withoutName(document: Document, name: string): unknown {
  const copy = structuredCopy(document);
  for (const part of [copy.texts, copy.values, copy.lists, copy.parts, copy.nested]) Reflect.deleteProperty(part, name);
  return copy;
}
