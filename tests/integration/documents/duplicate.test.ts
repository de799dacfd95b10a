import { AtomicRedisModel, Field, list, Model, RedisList } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model({ ttl: 100 })
class Note extends AtomicRedisModel {
  @Field(list(String)) lines!: RedisList<string>;
}

describeOnEveryBackend('duplicate', (backend) => {
  useModels(backend, User, Note);

  test('stores a copy of the local values under another pk', async () => {
    const note = await Note.create({ lines: ['a'] });
    note.lines.append('local');

    const copy = await note.duplicate();

    expect(copy.pk).not.toBe(note.pk);
    expect(await backend.json(copy.key)).toEqual({ lines: ['a', 'local'] });
    expect(await backend.json(note.key)).toEqual({ lines: ['a'] });
    expect(await copy.ttl()).toBeGreaterThan(90);
  });

  test('the copy is independent', async () => {
    const note = await Note.create({ lines: ['a'] });
    const copy = await note.duplicate('copy');

    await copy.lines.aappend('b');
    copy.lines.append('c');

    expect([...note.lines]).toEqual(['a']);
    expect(await backend.json(note.key)).toEqual({ lines: ['a'] });
    expect(copy.key).toBe('Note:copy');
  });

  test('a model with a key field needs the new pk, which becomes that field', async () => {
    const user = await createUser({ score: 3, address: { city: 'Paris' } });

    await expect(user.duplicate()).rejects.toMatchObject({ code: 'VALIDATION', model: 'User' });
    const copy = await user.duplicate('grace');

    expect(copy.username).toBe('grace');
    expect(await backend.json('User:grace')).toEqual({ ...user.toJSON(), username: 'grace' });
  });

  test('does not overwrite', async () => {
    const [user, other] = [await createUser({ score: 1 }), await createUser({ score: 2 })];

    await expect(user.duplicate(other.pk)).rejects.toMatchObject({ code: 'KEY_EXISTS', key: other.key });

    expect(await backend.json(other.key, '$.score')).toBe(2);
  });

  test('duplicateMany stores several', async () => {
    const note = await Note.create({ lines: ['a'] });

    const copies = await note.duplicateMany(3);

    expect(new Set([note.pk, ...copies.map(({ pk }) => pk)]).size).toBe(4);
    for (const copy of copies) expect(await backend.json(copy.key)).toEqual({ lines: ['a'] });
    await expect(note.duplicateMany(0)).resolves.toEqual([]);
  });
});
