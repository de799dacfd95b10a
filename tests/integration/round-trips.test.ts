import { AtomicRedisModel, Model, pipeline } from 'redatom';
import { describeOnEveryBackend } from '../support/backends';
import { useModels } from '../support/use-models';
import { plainFields, Root, RootWithTtl, type Fields } from '../support/verbs/models';

const SCRIPT = ['EVALSHA'];

@Model({ hashTag: 'bulk' })
class RootInOneSlot extends Root {}

interface Row {
  readonly verb: string;
  readonly run: (part: Fields) => unknown;
  /** Commands for a model without a time to live; with one it is always one script call. */
  readonly sent: string[];
}

/** Verbs that go to Redis at once: one round trip each. */
const verbs: Row[] = [
  { verb: 'count.increase', run: ({ count }) => count.increase(2), sent: ['JSON.NUMINCRBY'] },
  { verb: 'count.decrease', run: ({ count }) => count.decrease(), sent: ['JSON.NUMINCRBY'] },
  { verb: 'count.adjust with bounds', run: ({ count }) => count.adjust(1, { max: 100 }), sent: SCRIPT },
  { verb: 'ratio.increase', run: ({ ratio }) => ratio.increase(0.5), sent: ['JSON.NUMINCRBY'] },
  { verb: 'title.aappend', run: ({ title }) => title.aappend('x'), sent: ['JSON.STRAPPEND'] },
  { verb: 'tags.aappend', run: ({ tags }) => tags.aappend('x'), sent: ['JSON.ARRAPPEND'] },
  { verb: 'tags.aextend', run: ({ tags }) => tags.aextend(['x', 'y']), sent: ['JSON.ARRAPPEND'] },
  { verb: 'tags.ainsert', run: ({ tags }) => tags.ainsert(1, 'x'), sent: ['JSON.ARRINSERT'] },
  { verb: 'tags.aset', run: ({ tags }) => tags.aset(0, 'x'), sent: ['JSON.SET'] },
  { verb: 'tags.apop', run: ({ tags }) => tags.apop(), sent: SCRIPT },
  { verb: 'tags.aremove', run: ({ tags }) => tags.aremove('a'), sent: SCRIPT },
  { verb: 'tags.aclear', run: ({ tags }) => tags.aclear(), sent: SCRIPT },
  { verb: 'settings.asetItem', run: ({ settings }) => settings.asetItem('a', '1'), sent: ['JSON.SET'] },
  { verb: 'settings.aupdate', run: ({ settings }) => settings.aupdate({ a: '1', b: '2' }), sent: SCRIPT },
  { verb: 'settings.adelItem', run: ({ settings }) => settings.adelItem('theme'), sent: SCRIPT },
  { verb: 'settings.apop', run: ({ settings }) => settings.apop('theme'), sent: SCRIPT },
  { verb: 'settings.apopItem', run: ({ settings }) => settings.apopItem(), sent: SCRIPT },
  { verb: 'settings.asetDefault', run: ({ settings }) => settings.asetDefault('a', '1'), sent: SCRIPT },
  { verb: 'counts.aincrease', run: ({ counts }) => counts.aincrease('new'), sent: SCRIPT },
  { verb: 'settings.aclear', run: ({ settings }) => settings.aclear(), sent: SCRIPT },
  { verb: 'aupdate of one field', run: (part) => part.aupdate({ age: 31 }), sent: ['JSON.SET'] },
  { verb: 'aupdate of several fields', run: (part) => part.aupdate({ age: 31, flag: false }), sent: SCRIPT },
  { verb: 'title.save', run: ({ title }) => title.save(), sent: ['JSON.SET'] },
  { verb: 'save', run: (part) => part.save(), sent: ['JSON.SET'] },
  { verb: 'delete', run: (part) => part.delete(), sent: ['DEL'] },
];

/** One commit each, whatever was changed. */
const commits: Omit<Row, 'sent'>[] = [
  { verb: 'saveChanges', run: (part) => changeAll(part).saveChanges() },
  { verb: 'a pipeline', run: (part) => part.pipeline(() => changeAll(part)) },
  { verb: 'a pipeline of several documents', run: (part) => pipeline([part], () => changeAll(part)) },
];

function changeAll(part: Fields): Fields {
  part.count.add(1);
  part.tags.append('x');
  part.tags[0] = 'y';
  part.settings['a'] = '1';
  delete part.settings['theme'];
  part.age = 31;
  return part;
}

describeOnEveryBackend('round trips', (backend) => {
  useModels(backend, Root, RootWithTtl, RootInOneSlot);
  const create = (): Promise<Fields> => Root.create(plainFields);
  const createWithTtl = (): Promise<Fields> => RootWithTtl.create(plainFields);

  test.each(verbs)('$verb takes one', async ({ run, sent }) => {
    const part = await create();

    expect(await backend.roundTrips(async () => run(part))).toEqual(sent);
  });

  test.each(verbs)('$verb takes one also when it starts the time to live anew', async ({ verb, run }) => {
    const part = await createWithTtl();

    const sent = await backend.roundTrips(async () => run(part));

    expect(sent).toEqual(verb === 'delete' ? [expect.stringMatching(/^(DEL|EVALSHA)$/)] : SCRIPT);
  });

  test.each(commits)('$verb takes one, also when it starts the time to live anew', async ({ run }) => {
    for (const make of [create, createWithTtl]) {
      const part = await make();
      expect(await backend.roundTrips(async () => run(part))).toEqual(SCRIPT);
    }
  });

  const tellingThemselves = ['title.aappend', 'tags.aappend', 'settings.asetItem', 'aupdate of one field', 'title.save'];

  test.each(verbs.filter(({ verb }) => tellingThemselves.includes(verb)))(
    '$verb looks at nothing before it writes',
    async ({ run, sent }) => {
      const part = await createWithTtl();

      const names = (await backend.commandsRun(async () => run(part))).map(({ name }) => name);

      expect(names).toEqual(['EVALSHA', ...sent, 'PEXPIRE']);
    },
  );

  test('create, get, find, load, exists, expire and ttl take one each', async () => {
    const part = await create();

    expect(await backend.roundTrips(create)).toEqual(['JSON.SET']);
    expect(await backend.roundTrips(createWithTtl)).toEqual(SCRIPT);
    expect(await backend.roundTrips(() => Root.get(part.key))).toEqual(['JSON.GET']);
    expect(await backend.roundTrips(() => RootWithTtl.find(part.pk))).toEqual(['JSON.GET']);
    expect(await backend.roundTrips(() => part.load())).toEqual(['JSON.GET']);
    expect(await backend.roundTrips(() => part.tags.load())).toEqual(['JSON.GET']);
    expect(await backend.roundTrips(() => part.exists())).toEqual(['EXISTS']);
    expect(await backend.roundTrips(() => part.expire(100))).toEqual(['PEXPIRE']);
    expect(await backend.roundTrips(() => part.ttl())).toEqual(['PTTL']);
    expect(await backend.roundTrips(() => part.pipeline(() => undefined))).toEqual([]);
  });

  test('documents in bulk take one each, on a cluster those of one slot', async () => {
    const documents = await RootInOneSlot.insertMany([plainFields, plainFields, plainFields]);
    const keys = documents.map(({ key }) => key);

    expect(await backend.roundTrips(() => RootInOneSlot.getMany(keys))).toEqual(['JSON.MGET']);
    expect(await backend.roundTrips(() => RootInOneSlot.insertMany([plainFields, plainFields]))).toEqual(SCRIPT);
    expect(await backend.roundTrips(() => RootInOneSlot.getOrCreate(plainFields))).toEqual(SCRIPT);
    expect(await backend.roundTrips(() => RootInOneSlot.deleteMany(keys))).toEqual(['UNLINK']);
  });

  test.each([
    ['an empty section', async () => undefined, 2],
    ['one changed field, saved at the end', (part: Fields) => (part.age = 31), 2],
    ['many changes, saved at the end', changeAll, 2],
    ['one verb inside', (part: Fields) => part.count.increase(), 3],
    ['two verbs and a pipeline inside', lockedWork, 5],
  ])('a lock that nobody else wants, around %s', async (_, work, expected) => {
    for (const make of [create, createWithTtl]) {
      const section = (part: Fields): Promise<unknown> => part.withLock('trip', async () => work(part), { saveAtEnd: true });
      const part = await make();

      expect(await backend.roundTrips(() => section(part))).toEqual(new Array(expected).fill('EVALSHA'));
    }
  });

  test('what is local takes none', async () => {
    const part = await create();

    const sent = await backend.roundTrips(async () => {
      changeAll(part);
      part.toJSON();
      part.toObject();
      void [...part.tags, part.count.value, part.at.getTime(), part.key, part.isInnerModel()];
    });

    expect(sent).toEqual([]);
    expect(part).toBeInstanceOf(AtomicRedisModel);
  });
});

async function lockedWork(part: Fields): Promise<void> {
  await part.count.increase();
  await part.tags.aappend('x');
  await part.pipeline(() => changeAll(part));
}
