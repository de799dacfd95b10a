import { AtomicRedisModel, Field, Key, list, Model, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Page extends AtomicRedisModel {
  @Field(String) text!: string;
  @Field(list(Number)) lines!: RedisList<number>;
}

@Model()
class Chapter extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
}

@Model()
class Novel extends AtomicRedisModel {
  @Field(list(String)) words!: RedisList<string>;
  @Field(list(Date)) dates!: RedisList<Date>;
  @Field(list(() => Page)) pages!: RedisList<Page>;
  @Field(list(() => Chapter)) chapters!: RedisList<Chapter>;
  @Field(list(list(Number))) grid!: RedisList<RedisList<number>>;
}

/** How one kind of item is made from a letter. */
const kinds: Record<'words' | 'dates' | 'pages' | 'chapters' | 'grid', (letter: string) => unknown> = {
  words: (letter: string) => letter,
  dates: (letter: string) => new Date(letter.charCodeAt(0)),
  pages: (text: string) => ({ text, lines: [text.charCodeAt(0)] }),
  chapters: (name: string) => ({ name }),
  grid: (letter: string) => [letter.charCodeAt(0)],
};
type Kind = keyof typeof kinds;

interface Call {
  readonly method: 'splice' | 'pop' | 'shift' | 'push' | 'unshift' | 'reverse' | 'sort' | 'fill' | 'copyWithin';
  readonly on: string;
  readonly given?: (make: (letter: string) => unknown) => unknown[];
}

/** Compares items by their JSON, so that every kind of item has an order. */
const backwards = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? 1 : -1);

const calls: Record<string, Call> = {
  'splice of nothing': { method: 'splice', on: 'abc', given: () => [] },
  'splice of the first': { method: 'splice', on: 'abcd', given: () => [0, 1] },
  'splice of two in the middle': { method: 'splice', on: 'abcde', given: () => [1, 2] },
  'splice of the last': { method: 'splice', on: 'abc', given: () => [-1, 1] },
  'splice of all': { method: 'splice', on: 'abc', given: () => [0] },
  'splice of more for less': { method: 'splice', on: 'abcde', given: (make) => [1, 3, make('x')] },
  'splice of as many for as many': { method: 'splice', on: 'abcd', given: (make) => [1, 2, make('x'), make('y')] },
  'splice of one between': { method: 'splice', on: 'abcd', given: (make) => [1, 0, make('x')] },
  'splice of two for one': { method: 'splice', on: 'abcd', given: (make) => [1, 1, make('x'), make('y')] },
  'splice of three at the end': { method: 'splice', on: 'ab', given: (make) => [2, 0, make('x'), make('y'), make('z')] },
  pop: { method: 'pop', on: 'abc' },
  'pop of the only one': { method: 'pop', on: 'a' },
  'pop of none': { method: 'pop', on: '' },
  shift: { method: 'shift', on: 'abc' },
  'shift of the only one': { method: 'shift', on: 'a' },
  'shift of none': { method: 'shift', on: '' },
  'push of two': { method: 'push', on: 'ab', given: (make) => [make('x'), make('y')] },
  'unshift of one': { method: 'unshift', on: 'abc', given: (make) => [make('x')] },
  'unshift of two to none': { method: 'unshift', on: '', given: (make) => [make('x'), make('y')] },
  'reverse of four': { method: 'reverse', on: 'abcd' },
  'reverse of five': { method: 'reverse', on: 'abcde' },
  sort: { method: 'sort', on: 'bdace', given: () => [backwards] },
  fill: { method: 'fill', on: 'abcd', given: (make) => [make('x'), 1, 3] },
  'copyWithin to the front': { method: 'copyWithin', on: 'abcde', given: () => [0, 2] },
  'copyWithin to the end': { method: 'copyWithin', on: 'abcde', given: () => [1, 0, 3] },
};

const tooFar: Record<string, Call> = {
  'unshift of two': { method: 'unshift', on: 'abc', given: (make) => [make('x'), make('y')] },
  'splice of two between': { method: 'splice', on: 'abcd', given: (make) => [1, 0, make('x'), make('y')] },
  'splice of three for one': { method: 'splice', on: 'abcd', given: (make) => [1, 1, make('x'), make('y'), make('z')] },
};

const methods: Record<string, unknown> = Array.prototype as never;
const everyKind = Object.keys(kinds) as Kind[];
const named = (all: Record<string, Call>): (Call & { readonly name: string })[] =>
  Object.entries(all).map(([name, call]) => ({ name, ...call }));

function generic(target: readonly unknown[], { method, given }: Call, make: (letter: string) => unknown): unknown {
  return Reflect.apply(methods[method] as () => unknown, target, given?.(make) ?? []);
}

/** A list, or what one of its methods returned, as it would be stored. */
const stored = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

/** Makes the call on the list of each kind. */
const onEach = (novel: Novel, call: Call): unknown[] => everyKind.map((kind) => stored(generic(novel[kind], call, kinds[kind])));
const lists = (novel: Novel): unknown => Object.fromEntries(everyKind.map((kind) => [kind, stored(novel[kind])]));

describeOnEveryBackend('a method of Array that is called on a list', (backend) => {
  useModels(backend, Novel);

  const create = ({ on }: Call): Promise<Novel> =>
    Novel.create(Object.fromEntries(everyKind.map((kind) => [kind, [...on].map(kinds[kind])])));
  const inRedis = ({ key }: Novel): Promise<unknown> => backend.json(key);
  /** What the call returns on plain arrays, and what it leaves in them. */
  const onPlain = (call: Call): { answers: unknown[]; left: unknown } => {
    const plain = everyKind.map((kind) => [kind, [...call.on].map(kinds[kind])] as const);
    const answers = plain.map(([kind, items]) => stored(generic(items, call, kinds[kind])));
    return { answers, left: stored(Object.fromEntries(plain)) };
  };

  test.each(named(calls))('$name does what it does to a plain array', async (call) => {
    const novel = await create(call);
    const { answers, left } = onPlain(call);

    expect([onEach(novel, call), lists(novel)]).toEqual([answers, left]);
    await novel.saveChanges();
    expect(await inRedis(novel)).toEqual(left);
  });

  test.each(named(calls))('$name in a pipeline is sent with it, or undone', async (call) => {
    const novel = await create(call);
    const before = lists(novel);
    const { answers, left } = onPlain(call);

    const undone = novel.pipeline(() => {
      onEach(novel, call);
      throw new Error('stop');
    });
    await expect(undone).rejects.toThrow('stop');
    expect([lists(novel), await inRedis(novel)]).toEqual([before, before]);
    await novel.pipeline(() => expect(onEach(novel, call)).toEqual(answers));

    expect([lists(novel), await inRedis(novel)]).toEqual([left, left]);
  });

  test.each(named(tooFar))('$name would leave holes meanwhile, and is refused before anything is changed', async (call) => {
    const novel = await create(call);
    const before = lists(novel);
    const refuse = (): void => {
      for (const kind of everyKind) {
        const act = (): unknown => generic(novel[kind], call, kinds[kind]);
        expect(act).toThrow(errorWith({ code: 'VALIDATION', key: novel.key }));
        expect(act).toThrow('unshift(), splice() or insert() of the list itself');
      }
    };

    const sent = await backend.commandsSent(async () => {
      refuse();
      await novel.saveChanges();
      await novel.pipeline(refuse);
    });

    expect([sent, lists(novel), await inRedis(novel)]).toEqual([[], before, before]);
  });

  test('what it has moved is changed at its new place, and what others have appended stays', async () => {
    const novel = await Novel.create({ pages: ['a', 'b', 'c'].map((text) => ({ text })), chapters: [{ name: 'one' }] });
    await (await Novel.get(novel.key)).pages.aappend({ text: 'd' });
    await (await Novel.get(novel.key)).chapters.aappend({ name: 'two' });

    Array.prototype.splice.call(novel.pages, 0, 1);
    Array.prototype.shift.call(novel.chapters);
    await novel.saveChanges();
    await novel.pages[1]?.lines.aappend(7);

    const left = { pages: [{ text: 'b' }, { text: 'c', lines: [7] }, { text: 'd' }], chapters: [{ name: 'two' }] };
    expect(await inRedis(novel)).toMatchObject(left);
  });
});
