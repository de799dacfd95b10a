import { connect, type AtomicRedisModel, type Database } from 'redatom';
import { describeOnEveryBackend, type Backend } from '../backends';
import { allModels, optionalFields, storedFields, type StoredFields } from './models';
import { places, type Place } from './places';
import type { Verb } from './verb';

interface Case {
  readonly backend: Backend;
  readonly place: Place;
  readonly verb: Verb;
}

/** Tries verbs in every place and situation: what is stored, what the instance holds, and what the verb answers. */
export function describeVerbs(name: string, verbs: readonly Verb[]): void {
  describeOnEveryBackend(name, (backend) => {
    let db: Database;
    beforeAll(async () => {
      db = await connect(await backend.target(), { models: allModels });
    });
    afterAll(() => db.close());

    describe.each(places.map((place) => [place.name, place] as const))('%s', (_place, place) => {
      describe.each(verbs.map((verb) => [verb.name, verb] as const))('%s', (_verb, verb) => {
        const one: Case = { backend, place, verb };
        if (verb.atOnce === true) writesAtOnce(one);
        else waitsForSaveChanges(one);
        if (verb.needsReply === true) refusesPipelines(one);
        else worksInPipelines(one);
        isFenced(one);
        refreshesTimeToLive(one);
        findsDefaults(one);
        failsCleanly(one);
      });
    });
  });
}

const before = ({ verb }: Case): StoredFields => ({ ...storedFields, ...storedForm(verb) });
const after = (one: Case): StoredFields => ({ ...before(one), ...one.verb.stored });

/** The values of `init` are the same in stored form. */
function storedForm({ init = {} }: Verb): Partial<StoredFields> {
  return init;
}

async function expectEverywhere(one: Case, document: AtomicRedisModel, part: StoredFields): Promise<void> {
  const { backend, place } = one;
  expect(await backend.json(document.key)).toEqual(place.storedWith(part));
  expect(document.toJSON()).toEqual(place.storedWith(part));
  expect(place.partOf(document).toJSON()).toEqual(part);
}

function run({ place, verb }: Case, document: AtomicRedisModel): unknown {
  return verb.run(place.partOf(document));
}

function writesAtOnce(one: Case): void {
  test('is stored when it resolves, and answers what the server holds', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    expect(await run(one, document)).toEqual(one.verb.reply);

    await expectEverywhere(one, document, after(one));
  });
}

function waitsForSaveChanges(one: Case): void {
  test('is local until saveChanges(), which writes no more than it', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    expect(plainOf(await run(one, document))).toEqual(plainOf(one.verb.reply));

    expect(await one.backend.json(document.key)).toEqual(one.place.storedWith(before(one)));
    expect(one.place.partOf(document).toJSON()).toEqual(after(one));
    await document.saveChanges();
    await expectEverywhere(one, document, after(one));
    expect(await one.backend.commandsSent(() => document.saveChanges())).toEqual([]);
  });
}

/** Lists return themselves from `sort` and the like. */
function plainOf(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value as unknown[]) : value;
}

function worksInPipelines(one: Case): void {
  test('is invisible in Redis until the pipeline ends, and stored then', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    const { committed } = await document.pipeline(async () => {
      expect(plainOf(await run(one, document))).toEqual(plainOf(one.verb.reply));
      expect(one.place.partOf(document).toJSON()).toEqual(after(one));
      expect(await one.backend.json(document.key)).toEqual(one.place.storedWith(before(one)));
    });

    expect(committed).toBe(true);
    await expectEverywhere(one, document, after(one));
  });

  test('is undone when the callback of the pipeline throws', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    const failing = document.pipeline(async () => {
      await run(one, document);
      throw new Error('changed my mind');
    });

    await expect(failing).rejects.toThrow('changed my mind');
    await expectEverywhere(one, document, before(one));
    await document.saveChanges();
    await expectEverywhere(one, document, before(one));
  });
}

function refusesPipelines(one: Case): void {
  test('is refused in a pipeline, which can still do the rest', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    await document.pipeline(async () => {
      await expect(run(one, document)).rejects.toMatchObject({ code: 'PIPELINE_NEEDS_REPLY', key: document.key });
      one.place.partOf(document).age = 31;
    });

    await expectEverywhere(one, document, { ...before(one), age: 31 });
  });
}

function isFenced(one: Case): void {
  test('is stored under a lock', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    await document.withLock('verbs', async () => run(one, document), { saveAtEnd: true });

    await expectEverywhere(one, document, after(one));
  });

  test('is refused when the lock is lost', async () => {
    const document = await one.place.create(one.verb.init ?? {});

    const work = document.withLock(
      'verbs',
      async () => {
        await one.backend.send('SET', `{${document.key}}/verbs:lock`, 'another holder');
        await run(one, document);
      },
      { saveAtEnd: true },
    );

    await expect(work).rejects.toMatchObject({ code: 'LOCK_LOST', action: 'verbs', key: document.key });
    expect(await one.backend.json(document.key)).toEqual(one.place.storedWith(before(one)));
    if (one.verb.atOnce === true) expect(one.place.partOf(document).toJSON()).toEqual(before(one));
  });
}

function refreshesTimeToLive(one: Case): void {
  test('starts the time to live anew', async () => {
    const document = await one.place.create(one.verb.init ?? {}, true);
    await one.backend.send('PEXPIRE', document.key, '5000');

    await run(one, document);
    await document.saveChanges();

    expect(await one.backend.send<number>('PTTL', document.key)).toBeGreaterThan(900_000);
    await expectEverywhere(one, document, after(one));
  });
}

/** A field that an older document lacks counts as its default. */
function findsDefaults(one: Case): void {
  const { backend, place, verb } = one;
  const names = [...Object.keys(verb.stored), verb.misfit?.field].filter((name) => name !== undefined && optionalFields.includes(name));
  if (names.length === 0) return;
  const outcome = async ({ isStored }: { isStored: boolean }): Promise<unknown> => {
    const document = await place.create(verb.init ?? {});
    for (const name of names) await backend.send('JSON.DEL', document.key, `${place.path}["${name}"]`);
    await document.load();
    if (isStored) await document.save();
    const answer = await (async () => run(one, document))().then(plainOf, codeOf);
    await document.saveChanges();
    const local = document.toJSON();
    await document.load();
    return { answer, local, stored: document.toJSON() };
  };

  test('does to what an older document lacks what it does to the default', async () => {
    expect(await outcome({ isStored: false })).toEqual(await outcome({ isStored: true }));
  });
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code ?? error;
}

function failsCleanly(one: Case): void {
  test('says that the document is gone, and leaves the local values', async () => {
    const document = await one.place.create(one.verb.init ?? {});
    await one.backend.send('DEL', document.key);
    const again = one.verb.atOnce === true ? () => run(one, document) : () => document.pipeline(() => run(one, document));

    await expect((async () => again())()).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: document.key });

    expect(await one.backend.json(document.key)).toBeUndefined();
    expect(one.place.partOf(document).toJSON()).toEqual(before(one));
  });

  const { misfit } = one.verb;
  if (misfit === undefined) return;
  test('says that something else is stored there, and leaves it and the local values', async () => {
    const document = await one.place.create(one.verb.init ?? {});
    const path = `${one.place.path}["${misfit.field}"]`;
    await one.backend.overwrite(document.key, path, misfit.value);
    const again = one.verb.atOnce === true ? () => run(one, document) : () => document.pipeline(() => run(one, document));

    const expected = one.place.isGuarded
      ? { code: 'STALE_ITEM', path: one.place.path }
      : { code: 'PATH_MISMATCH', path: expect.stringContaining(path) as string };
    await expect((async () => again())()).rejects.toMatchObject({ ...expected, key: document.key });

    expect(await one.backend.json(document.key, path)).toEqual(misfit.value);
    expect(one.place.partOf(document).toJSON()).toEqual(before(one));
  });
}
