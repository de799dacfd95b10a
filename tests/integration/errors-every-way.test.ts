import { KeyNotFoundError, pipeline } from 'redatom';
import { describeOnEveryBackend, type Backend } from '../support/backends';
import { factsOf, failureOf } from '../support/failure-of';
import { createMember, Member } from '../support/user';
import { useModels } from '../support/use-models';
import { allModels, plainFields, Root, RootWithTtl, type Fields } from '../support/verbs/models';

type Document = Root | RootWithTtl;

/** What happens to a document behind the back of an instance. */
interface Mishap {
  readonly name: string;
  readonly befall: (backend: Backend, key: string, verb: Case) => Promise<unknown>;
  readonly code: string;
  readonly more?: object;
  /** What a script finds, which a plain command does not tell. */
  readonly foundByScript?: RegExp;
}

interface Case {
  readonly verb: string;
  readonly run: (fields: Fields) => unknown;
  /** The name of the verb in errors, where it differs from the name of the test. */
  readonly command?: string;
  /** The place whose value must fit the verb. */
  readonly path: string;
  /** The verb changes only the local value, and is sent later. */
  readonly isLocal?: true;
  /** The verb needs an answer, which it does not get in a pipeline. */
  readonly needsReply?: true;
  /** Where `misfit` is stored. Default: `path`. */
  readonly at?: string;
  readonly misfit?: unknown;
}

const TAGS = '$["tags"]';
const SETTINGS = '$["settings"]';

const CASES: readonly Case[] = [
  { verb: 'aappend', run: ({ tags }) => tags.aappend('x'), path: TAGS, misfit: 7 },
  { verb: 'aextend', run: ({ tags }) => tags.aextend(['x', 'y']), path: TAGS, misfit: 7 },
  { verb: 'ainsert', run: ({ tags }) => tags.ainsert(1, 'x'), path: TAGS, misfit: 7 },
  { verb: 'aset', run: ({ tags }) => tags.aset(1, 'x'), path: TAGS, misfit: 7 },
  { verb: 'aremove', run: ({ tags }) => tags.aremove('b'), path: TAGS, misfit: 7 },
  { verb: 'apop', run: ({ tags }) => tags.apop(), path: TAGS, misfit: 7, needsReply: true },
  { verb: 'aclear', run: ({ tags }) => tags.aclear(), path: TAGS, misfit: 7 },
  { verb: 'save of a list', command: 'save', run: ({ tags }) => tags.save(), path: '$' },
  { verb: 'asetItem', run: ({ settings }) => settings.asetItem('a', 'x'), path: SETTINGS, misfit: 7 },
  { verb: 'aupdate of a dict', command: 'aupdate', run: ({ settings }) => settings.aupdate({ a: 'x', b: 'y' }), path: SETTINGS, misfit: 7 },
  { verb: 'adelItem', run: ({ settings }) => settings.adelItem('theme'), path: SETTINGS, misfit: 7 },
  { verb: 'apop of a dict', command: 'apop', run: ({ settings }) => settings.apop('theme'), path: SETTINGS, misfit: 7, needsReply: true },
  { verb: 'apopItem', run: ({ settings }) => settings.apopItem(), path: SETTINGS, misfit: 7, needsReply: true },
  { verb: 'asetDefault', run: ({ settings }) => settings.asetDefault('a', 'x'), path: SETTINGS, misfit: 7, needsReply: true },
  { verb: 'aincrease', run: ({ counts }) => counts.aincrease('seen'), path: '$["counts"]', misfit: 7 },
  { verb: 'aclear of a dict', command: 'aclear', run: ({ settings }) => settings.aclear(), path: SETTINGS, misfit: 7 },
  { verb: 'increase', run: ({ count }) => count.increase(), path: '$["count"]', misfit: 'text' },
  { verb: 'decrease', run: ({ ratio }) => ratio.decrease(0.5), path: '$["ratio"]', misfit: 'text' },
  { verb: 'adjust', run: ({ count }) => count.adjust(1, { max: 99 }), path: '$["count"]', misfit: 'text' },
  { verb: 'aappend of a text', command: 'aappend', run: ({ title }) => title.aappend('!'), path: '$["title"]', misfit: 7 },
  { verb: 'aupdate', run: (fields) => fields.aupdate({ age: 31, note: 'n' }), path: '$' },
  { verb: 'aupdate of one field', command: 'aupdate', run: (fields) => fields.aupdate({ age: 31 }), path: '$' },
  { verb: 'save of a number', command: 'save', run: ({ count }) => count.save(), path: '$' },
  { verb: 'append', run: ({ tags }) => tags.append('x'), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'extend', run: ({ tags }) => tags.extend(['x']), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'push', run: ({ tags }) => tags.push('x'), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'unshift', run: ({ tags }) => tags.unshift('x'), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'insert', run: ({ tags }) => tags.insert(1, 'x'), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'list[i] = item', command: 'set', run: ({ tags }) => void (tags[1] = 'x'), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'length', run: ({ tags }) => void (tags.length = 1), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'pop', run: ({ tags }) => tags.pop(), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'shift', run: ({ tags }) => tags.shift(), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'remove', run: ({ tags }) => tags.remove('a'), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'trim', run: ({ tags }) => tags.trim(-1), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'removeRange', run: ({ tags }) => tags.removeRange(0, 2), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'splice', run: ({ tags }) => tags.splice(0, 1), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'clear', run: ({ tags }) => tags.clear(), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'assign', run: ({ tags }) => tags.assign(['x']), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'sort', run: ({ tags }) => tags.sort(), path: TAGS, misfit: 7, isLocal: true },
  { verb: 'set', run: ({ settings }) => settings.set('a', 'x'), path: SETTINGS, misfit: 7, isLocal: true },
  {
    verb: 'update of a dict',
    command: 'update',
    run: ({ settings }) => settings.update({ a: 'x', b: 'y' }),
    path: SETTINGS,
    misfit: 7,
    isLocal: true,
  },
  {
    verb: 'delete of a dict',
    command: 'delete',
    run: ({ settings }) => settings.delete('theme'),
    path: SETTINGS,
    misfit: 7,
    isLocal: true,
  },
  { verb: 'clear of a dict', command: 'clear', run: ({ settings }) => settings.clear(), path: SETTINGS, misfit: 7, isLocal: true },
  { verb: 'add', run: ({ count }) => count.add(1), path: '$["count"]', misfit: 'text', isLocal: true },
  { verb: 'subtract', run: ({ count }) => count.subtract(1), path: '$["count"]', misfit: 'text', isLocal: true },
  { verb: 'multiply', run: ({ count }) => count.multiply(2), path: '$["count"]', misfit: 'text', isLocal: true },
  { verb: 'append of a text', command: 'append', run: ({ title }) => title.append('!'), path: '$["title"]', misfit: 7, isLocal: true },
  { verb: 'addMs', run: ({ at }) => at.addMs(5), path: '$["at"]', misfit: 7, isLocal: true },
  { verb: 'addMs of a number', command: 'addMs', run: ({ atMs }) => atMs.addMs(5), path: '$["atMs"]', misfit: 'text', isLocal: true },
  { verb: 'field = value', command: 'set', run: (fields) => void (fields.age = 31), path: '$', isLocal: true },
  { verb: 'update', run: (fields) => fields.update({ age: 31, flag: false }), path: '$', isLocal: true },
];

const OUT_OF_RANGE: readonly Case[] = [
  { verb: 'ainsert', run: ({ tags }) => tags.ainsert(50, 'x'), path: TAGS },
  { verb: 'aset', run: ({ tags }) => tags.aset(50, 'x'), path: TAGS },
  { verb: 'apop', run: ({ tags }) => tags.apop(50), path: TAGS, needsReply: true },
];

const MISHAPS: readonly Mishap[] = [
  { name: 'no document', befall: (backend, key) => backend.send('DEL', key), code: 'KEY_NOT_FOUND' },
  {
    name: 'another type of Redis',
    befall: async (backend, key) => {
      await backend.send('DEL', key);
      await backend.send('SET', key, 'text');
    },
    code: 'PATH_MISMATCH',
    more: { expected: 'a JSON document', found: 'another Redis type' },
  },
  {
    name: 'something else at the path',
    befall: (backend, key, { at, path, misfit }) => backend.overwrite(key, at ?? path, misfit),
    code: 'PATH_MISMATCH',
    more: { expected: expect.not.stringContaining('document') as string },
    foundByScript: /integer|string|^7$|^"text"$/,
  },
];

type Way = (document: Document, work: { befall: () => Promise<unknown>; run: () => unknown }) => Promise<unknown>;

const WAYS: readonly { readonly name: string; readonly withTtl?: true; readonly index?: 0; readonly go: Way }[] = [
  {
    name: 'by itself',
    go: async (_, { befall, run }) => {
      await befall();
      await run();
    },
  },
  {
    name: 'with a time to live',
    withTtl: true,
    index: 0,
    go: async (_, { befall, run }) => {
      await befall();
      await run();
    },
  },
  {
    name: 'in a lock',
    index: 0,
    go: (document, { befall, run }) =>
      document.withLock('facts', async () => {
        await befall();
        await run();
      }),
  },
  {
    name: 'in a pipeline',
    index: 0,
    go: (document, { befall, run }) =>
      document.pipeline(async () => {
        await befall();
        await run();
      }),
  },
];

describeOnEveryBackend('the facts of errors', (backend) => {
  useModels(backend, Member, ...allModels);

  function fails(one: Case, { befall, code, more, foundByScript }: Omit<Mishap, 'name'>): void {
    for (const { name, withTtl, index, go } of WAYS) {
      if (one.needsReply === true && name === 'in a pipeline') continue;
      test(name, async () => {
        const document = withTtl === true ? await RootWithTtl.create(plainFields) : await Root.create(plainFields);
        const { key } = document;
        const run = async (): Promise<unknown> => {
          const running = one.run(document);
          await running;
          return one.isLocal === true && name !== 'in a pipeline' ? document.saveChanges() : running;
        };

        const error = await failureOf(() => go(document, { befall: () => befall(backend, key, one), run }));

        const path = code === 'KEY_NOT_FOUND' ? undefined : one.path;
        const model = withTtl === true ? 'RootWithTtl' : 'Root';
        expect(factsOf(error)).toEqual({ code, model, key, path, command: one.command ?? one.verb });
        if (more !== undefined) expect(error).toMatchObject(more);
        if (index !== undefined) expect(error.index).toBe(index);
        if (index !== undefined && foundByScript !== undefined)
          expect(error).toMatchObject({ found: expect.stringMatching(foundByScript) as string });
      });
    }
  }

  describe.each(MISHAPS.map((mishap) => [mishap.name, mishap] as const))('where there is %s', (name, mishap) => {
    const cases = CASES.filter(({ misfit }) => name !== 'something else at the path' || misfit !== undefined);
    describe.each(cases.map((one) => [one.verb, one] as const))('%s', (_, one) => fails(one, mishap));
  });

  describe.each(OUT_OF_RANGE.map((one) => [one.verb, one] as const))('where a list is too short, %s', (_, one) => {
    fails(one, { befall: () => Promise.resolve(), code: 'COMMIT_REFUSED', more: { reason: 'out-of-range' } });
  });

  describe('of a commit of several documents', () => {
    const CHANGES: readonly [string, (member: Member) => unknown][] = [
      ['set', ({ tags }) => (tags[0] = 'x')],
      ['pop', ({ tags }) => tags.pop()],
      ['shift', ({ tags }) => tags.shift()],
      ['insert', ({ tags }) => tags.insert(1, 'x')],
      ['removeRange', ({ tags }) => tags.removeRange(0, 1)],
      ['length', ({ tags }) => (tags.length = 1)],
      ['sort', ({ tags }) => tags.sort()],
      ['aset', ({ tags }) => tags.aset(0, 'x')],
    ];

    test.each(CHANGES)('%s names the document that is gone', async (verb, change) => {
      const [a, b] = [await createMember(), await createMember({ tags: ['b', 'a', 'c'] })];
      await b.delete();

      const error = await failureOf(() =>
        pipeline([a, b], async () => {
          a.score.add(1);
          await change(b);
        }),
      );

      expect(error).toBeInstanceOf(KeyNotFoundError);
      expect(error).toMatchObject({ model: 'Member', key: b.key, command: verb, index: 1 });
      expect(await backend.json(a.key, '$.score')).toBe(0);
    });

    test.each(CHANGES)('%s names the document that is no document', async (verb, change) => {
      const [a, b] = [await createMember(), await createMember({ tags: ['b', 'a', 'c'] })];
      await backend.send('DEL', b.key);
      await backend.send('SET', b.key, 'text');

      const error = await failureOf(() =>
        pipeline([a, b], async () => {
          a.score.add(1);
          await change(b);
        }),
      );

      expect(error).toMatchObject({ code: 'PATH_MISMATCH', model: 'Member', key: b.key, path: TAGS, command: verb, index: 1 });
    });
  });
});
