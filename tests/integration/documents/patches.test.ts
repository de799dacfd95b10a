import { AtomicRedisModel, dict, Field, Model, RedisDict } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@Model()
class Inner extends AtomicRedisModel {
  @Field(String, { default: '' }) name!: string;
}

@Model()
class Settings extends AtomicRedisModel {
  @Field(String, { default: 'd' }) name!: string;
  @Field(Number) size = 1;
  @Field(() => Inner, { default: {} }) inner!: Inner;
  @Field(dict(String)) names!: RedisDict<string>;
}

/** A class, as request bodies often have one. */
class Body {
  name?: string;
}

const NO_FIELDS: [string, unknown, string][] = [
  ['a Map', new Map([['name', 'x']]), 'an instance of Map'],
  ['a Set', new Set(['name']), 'an instance of Set'],
  ['a Date', new Date(), 'an instance of Date'],
  ['a promise', Promise.resolve({ name: 'x' }), 'an instance of Promise'],
  ['an array', [], 'a list of 0'],
  ['a number', 5, 'the number 5'],
  ['a boolean', true, 'the boolean true'],
  ['text', 'ab', 'the text "ab"'],
  ['a function', () => ({ name: 'x' }), 'a function'],
];

describeOnEveryBackend('patches', (backend) => {
  useModels(backend, Settings);

  test.each([...NO_FIELDS, ['null', null, 'null'], ['undefined', undefined, 'nothing']])(
    'update() and aupdate() refuse %s before anything is changed or sent',
    async (_, patch, found) => {
      const settings = await Settings.create();
      const refused = errorWith({
        code: 'VALIDATION',
        path: '$',
        message: `Settings: expects a plain object of fields, found ${found}`,
      });

      const sent = await backend.commandsSent(async () => {
        expect(() => settings.update(patch as object)).toThrow(refused);
        await expect(settings.aupdate(patch as object)).rejects.toThrow(refused);
        expect(() => settings.inner.update(patch as object)).toThrow(errorWith({ code: 'VALIDATION', path: '$["inner"]' }));
        await settings.saveChanges();
      });

      expect(sent).toEqual([]);
    },
  );

  test.each(NO_FIELDS)('%s is no document either', async (_, init, found) => {
    const refused = errorWith({ code: 'VALIDATION', message: `Settings: expects an object for Settings, found ${found}` });

    expect(() => Settings.build(init as object)).toThrow(refused);
    await expect(Settings.create(init as object)).rejects.toThrow(refused);
    expect(() => Settings.build({ inner: init as object })).toThrow(errorWith({ code: 'VALIDATION' }));
  });

  test('other models and dicts are refused, because their fields are no members', async () => {
    const [settings, other] = [await Settings.create(), await Settings.create({ name: 'other' })];

    expect(() => settings.update(other as object)).toThrow(/found an instance of Settings/);
    await expect(settings.aupdate(other.names as object)).rejects.toMatchObject({ code: 'VALIDATION' });
    settings.update(other.toObject());
    await settings.saveChanges();

    expect(await backend.json(settings.key, '$.name')).toBe('other');
  });

  test('all that is wrong with one is said at once', async () => {
    const settings = await Settings.create();
    const given = { name: 5, size: 2, colour: 'red', inner: { name: 6 } } as object;
    const problems = [
      { field: 'name', expected: 'text (well-formed Unicode)', found: 'the number 5' },
      { field: 'colour', expected: 'to be a field of Settings', found: 'the text "red"' },
      { field: 'inner.name', expected: 'text (well-formed Unicode)', found: 'the number 6' },
    ];
    const refused = { code: 'VALIDATION', model: 'Settings', key: settings.key, path: '$["name"]', problems };

    expect(() => settings.update(given)).toThrow(errorWith(refused));
    await expect(settings.aupdate(given)).rejects.toMatchObject(refused);
    await expect(settings.inner.aupdate({ colour: 'red' } as object)).rejects.toMatchObject({
      path: '$["inner"]["colour"]',
      message: 'Settings: inner.colour expects to be a field of Inner, found the text "red"',
    });

    expect([settings.name, settings.size]).toEqual(['d', 1]);
  });

  test('an instance of a class of the user gives its members', async () => {
    const settings = await Settings.create(new Body());

    await settings.aupdate(new Body());
    await settings.aupdate(Object.assign(new Body(), { name: 'b' }));
    settings.update(Object.assign(Object.create(null) as object, { size: 2 }));
    await settings.saveChanges();

    expect(await backend.json(settings.key)).toMatchObject({ name: 'b', size: 2 });
  });
});
