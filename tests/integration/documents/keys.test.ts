import { AtomicRedisModel, enumOf, Field, Key, list, Model, RedisInt, RedisList, RedisStr } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model({ prefix: 'usr' })
class Prefixed extends AtomicRedisModel {
  @Key() @Field(Number) id!: number;
}

@Model()
class Overriding extends AtomicRedisModel {
  @Key() @Field(String) id!: string;

  static override classKeyInitials(): string {
    return 'over:ride';
  }
}

@Model()
class Child extends Prefixed {}

@Model({ hashTag: 'shop' })
class Tagged extends AtomicRedisModel {
  @Key() @Field(enumOf({ A: 'a' })) id!: string;
}

@Model()
class Dated extends AtomicRedisModel {
  @Key() @Field(Date) id!: Date;
}

@Model()
class Counted extends AtomicRedisModel {
  @Key() @Field(RedisInt) id!: RedisInt;
  @Field(String, { default: '' }) text!: string;
}

@Model()
class Part extends AtomicRedisModel {
  @Key() @Field(RedisStr) id!: RedisStr;
}

@Model()
class Shelf extends AtomicRedisModel {
  @Field(list(() => Part)) parts!: RedisList<Part>;
}

describeOnEveryBackend('keys', (backend) => {
  useModels(backend, User, Prefixed, Overriding, Child, Tagged, Dated, Counted, Shelf);

  test('keyOf builds the key of a pk', () => {
    expect(User.keyOf('ada')).toBe('User:ada');
    expect(Prefixed.keyOf('7')).toBe('usr:7');
    expect(Overriding.keyOf('x')).toBe('over:ride:x');
    expect(Tagged.keyOf('a')).toBe('{shop}Tagged:a');
    expect([User.classKeyInitials(), Prefixed.classKeyInitials(), Child.classKeyInitials()]).toEqual(['User', 'usr', 'Child']);
  });

  test.each([
    ['a number', () => Prefixed.create({ id: 7 }), 'usr:7', '7'],
    ['text under a prefix with a colon', () => Overriding.create({ id: 'a:b' }), 'over:ride:a:b', 'a:b'],
    ['an enum under a hash tag', () => Tagged.create({ id: 'a' }), '{shop}Tagged:a', 'a'],
    ['a date', () => Dated.create({ id: new Date(0) }), 'Dated:1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
    ['a class that inherits its key field', () => Child.create({ id: 7 }), 'Child:7', '7'],
  ])('a pk can be %s', async (_, create: () => Promise<AtomicRedisModel>, key, pk) => {
    const document = await create();

    expect([document.key, document.pk]).toEqual([key, pk]);
    expect(await backend.send('EXISTS', key)).toBe(1);
    const model = document.constructor as typeof User;
    expect((await model.get(pk)).key).toBe(key);
    expect((await model.get(key)).pk).toBe(pk);
    expect(await model.afindKeys()).toEqual([key]);
  });

  test.each([
    ['text', (key: string) => User.get(key), 'User:lone', { email: 'lone@example.com' }, { username: 'lone' }],
    ['a number', (key: string) => Prefixed.get(key), 'usr:7', {}, { id: 7 }],
    ['a number of a class that inherits it', (key: string) => Child.get(key), 'Child:7', {}, { id: 7 }],
    ['an enum under a hash tag', (key: string) => Tagged.get(key), '{shop}Tagged:a', {}, { id: 'a' }],
    ['a date', (key: string) => Dated.get(key), 'Dated:1970-01-01T00:00:00.000Z', {}, { id: new Date(0) }],
    ['a counter', (key: string) => Counted.get(key), 'Counted:-3', {}, { id: -3 }],
  ])('a document that does not hold its key field has it from its key: %s', async (_, read, key, stored, expected) => {
    await backend.send('JSON.SET', key, '$', JSON.stringify(stored));

    const document = await read(key);
    expect(document.toObject()).toMatchObject(expected);
    await document.load();
    expect(document.toObject()).toMatchObject(expected);

    await document.saveChanges();
    expect(await backend.json(key)).toEqual(stored);
    await document.save();
    expect(await backend.json(key)).toEqual(document.toJSON());
  });

  test('verbs leave a document without its key field without it, and a lock reads it, too', async () => {
    await backend.send('JSON.SET', 'Counted:5', '$', '{}');
    const counted = await Counted.get('5');

    await counted.aupdate({ text: 'new' });
    const [alike] = (await Counted.getMany(['5'])).found;
    expect(alike?.toObject()).toEqual({ id: 5, text: 'new' });
    await counted.withLock('edit', async (fresh) => {
      expect(fresh.id.value).toBe(5);
      fresh.text = 'newer';
      await fresh.saveChanges();
    });

    expect(await backend.json('Counted:5')).toEqual({ text: 'newer' });
    expect(() => (counted.id.value = 6)).toThrow(errorWith({ code: 'VALIDATION' }));
  });

  test.each([
    ['no value of it has that pk', 'usr:seven', {}, 'nothing'],
    ['it holds null', 'usr:7', { id: null }, 'null'],
    ['it holds another type', 'usr:7', { id: '7' }, 'the text "7"'],
  ])('a document whose key field cannot be read is a corrupt one: %s', async (_, key, stored, found) => {
    await backend.send('JSON.SET', key, '$', JSON.stringify(stored));

    await expect(Prefixed.get(key)).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["id"]', found });
  });

  test('an item does not have its key field from the key of the document', async () => {
    await backend.send('JSON.SET', 'Shelf:one', '$', '{"parts":[{}]}');

    await expect(Shelf.get('one')).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', path: '$["parts"][0]["id"]' });
  });

  test('a key field keeps its value', async () => {
    const user = await createUser();

    expect(() => (user.username = 'another')).toThrow(errorWith({ code: 'VALIDATION', path: '$["username"]' }));
    expect(() => user.update({ username: 'another' })).toThrow(errorWith({ code: 'VALIDATION' }));
    await expect(user.aupdate({ username: 'another', email: 'x' })).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(user.username).toBe(user.pk);
    user.username = user.pk;
    await user.saveChanges();
    expect(await backend.json(user.key, '$.email')).toBe('');
  });

  test('a key field keeps its value under verbs', async () => {
    const [user, counted] = [await createUser(), await Counted.create({ id: 3 })];
    const dated = await Dated.create({ id: new Date(5) });
    const shelf = await Shelf.create({ parts: [{ id: 'p' }] });
    const part = shelf.parts[0] as Part;
    const refused = (path: string): unknown =>
      errorWith({ code: 'VALIDATION', message: expect.stringContaining('to keep its value, because it is the key') as string, path });
    const id = refused('$["id"]') as Error;
    expect(() => user.update({ username: 'x'.repeat(10_000) })).toThrow(/because it is the key, found the text "x{59}…$/);

    const sent = await backend.commandsSent(async () => {
      await expect(user.field('username').aappend('x')).rejects.toThrow(refused('$["username"]') as Error);
      expect(() => user.field('username').append('x')).toThrow(refused('$["username"]') as Error);
      await expect(counted.id.increase()).rejects.toThrow(id);
      await expect(counted.id.adjust(-1, { min: 0 })).rejects.toThrow(id);
      for (const change of ['add', 'subtract', 'multiply'] as const) expect(() => counted.id[change](2)).toThrow(id);
      await expect(counted.pipeline(() => counted.id.add(1))).rejects.toThrow(id);
      await expect(counted.pipeline(async () => counted.id.increase(1))).rejects.toThrow(id);
      expect(() => part.id.append('x')).toThrow(refused('$["parts"][0]["id"]') as Error);
      await expect(part.id.aappend('x')).rejects.toThrow(refused('$["parts"][0]["id"]') as Error);
      expect(() => dated.field('id').addMs(1)).toThrow(id);
      dated.id.setUTCFullYear(2001);
      await expect(dated.save()).rejects.toThrow(id);
      await expect(dated.saveChanges()).rejects.toThrow(id);
      await expect(dated.field('id').save()).rejects.toThrow(id);
      await Promise.all([user.saveChanges(), counted.saveChanges(), shelf.saveChanges()]);
    });

    expect(sent).toEqual([]);
    expect([user.username, counted.id.value, part.id.value]).toEqual([user.pk, 3, 'p']);
    expect([counted.toJSON(), shelf.toJSON()]).toEqual([await backend.json(counted.key), await backend.json(shelf.key)]);
    await expect(counted.id.increase(0)).resolves.toBe(3);
    await dated.load();
    expect(dated.id).toEqual(new Date(5));
  });

  test('a document of another class is not read as this one', async () => {
    const user = await createUser();

    await expect(Prefixed.get(user.key)).rejects.toMatchObject({ code: 'KEY_NOT_FOUND', key: `usr:${user.key}` });
  });

  test('exists takes a key or a pk', async () => {
    const user = await createUser();

    await expect(User.exists(user.pk)).resolves.toBe(true);
    await expect(User.exists(user.key)).resolves.toBe(true);
    await expect(User.exists('nobody')).resolves.toBe(false);
    await expect(user.exists()).resolves.toBe(true);
  });

  test('places tell where a value lives', async () => {
    const user = await createUser({ address: { city: 'Paris' } });

    expect([user.fieldName, user.fieldPath, user.jsonPath, user.isInnerModel()]).toEqual(['', '', '$', false]);
    const { address, tags, score, settings } = user;
    expect([address?.fieldName, address?.fieldPath, address?.jsonPath]).toEqual(['address', 'address', '$["address"]']);
    expect([address?.isInnerModel(), address?.key, address?.field('city').fieldPath]).toEqual([true, user.key, 'address.city']);
    expect([tags.key, tags.fieldPath, tags.jsonPath]).toEqual([user.key, 'tags', '$["tags"]']);
    expect([score.key, score.fieldPath, score.jsonPath]).toEqual([user.key, 'score', '$["score"]']);
    expect([settings.key, settings.fieldPath, settings.jsonPath]).toEqual([user.key, 'settings', '$["settings"]']);
  });

  test('a pk that reads like a key is refused, because it would name another document', async () => {
    const refused = {
      code: 'VALIDATION',
      problems: [expect.objectContaining({ expected: expect.stringContaining('"User:"') as unknown })],
    };

    expect(() => User.build({ username: 'User:ada' })).toThrow(errorWith(refused));
    await expect(User.create({ username: 'User:ada' })).rejects.toMatchObject(refused);
    await expect((await createUser()).duplicate('User:ada')).rejects.toMatchObject(refused);
  });
});
