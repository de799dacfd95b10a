import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, Member, User } from '../../support/user';

describeOnEveryBackend('documents in bulk', (backend) => {
  useModels(backend, User, Member);

  test('getMany gives what was found in order, and lists missing and unreadable ones', async () => {
    const users = [await createUser({ score: 1 }), await createUser({ score: 2 }), await createUser({ score: 3 })];
    const [one, bad, three] = users as [User, User, User];
    await backend.overwrite(bad.key, '$["score"]', 'text');

    const { found, missing, corrupt } = await User.getMany([three.key, 'nobody', bad.pk, one.pk]);

    expect(found.map(({ key }) => key)).toEqual([three.key, one.key]);
    expect(missing).toEqual(['User:nobody']);
    expect(corrupt).toMatchObject([{ code: 'CORRUPT_DOCUMENT', key: bad.key, path: '$["score"]', found: 'the text "text"' }]);
  });

  test('getMany of nothing sends nothing', async () => {
    expect(await backend.commandsSent(() => User.getMany([]))).toEqual([]);
    await expect(User.getMany([])).resolves.toEqual({ found: [], missing: [], corrupt: [] });
  });

  test('getMany reads more than one command can carry', async () => {
    const made = await User.insertMany(Array.from({ length: 1200 }, (_, at) => ({ username: `bulk ${at}`, score: at })));

    const { found } = await User.getMany(made.map(({ key }) => key));

    expect(found.map(({ score }) => score.value)).toEqual(made.map((_, at) => at));
  });

  test('insertMany stores all, which are instances like others', async () => {
    const [one, other] = (await User.insertMany([{ username: 'i1', tags: ['a'] }, { username: 'i2' }])) as [User, User];

    expect(await backend.json('User:i1', '$.tags')).toEqual(['a']);
    await other.tags.aappend('b');
    expect(await backend.json('User:i2', '$.tags')).toEqual(['b']);
    expect(one.key).toBe('User:i1');
    await expect(User.insertMany([])).resolves.toEqual([]);
  });

  test('insertMany stores nothing when one of them exists, or does not fit', async () => {
    const member = await Member.create({ username: 'there', score: 7 });

    await expect(Member.insertMany([{ username: 'n1' }, { username: member.pk }, { username: 'n2' }])).rejects.toMatchObject({
      code: 'KEY_EXISTS',
      key: member.key,
      index: 1,
    });
    const wrong = 7 as unknown as string;
    await expect(Member.insertMany([{ username: 'n1' }, { username: wrong }, { username: 'n2', email: wrong }])).rejects.toMatchObject({
      code: 'VALIDATION',
      command: 'insertMany',
      problems: [
        { field: '[1].username', found: 'the number 7' },
        { field: '[2].email', found: 'the number 7' },
      ],
    });
    await expect(Member.insertMany([7 as never])).rejects.toMatchObject({ code: 'VALIDATION', problems: [{ field: '[0]' }] });

    expect(await backend.send('EXISTS', Member.keyOf('n1'), Member.keyOf('n2'))).toBe(0);
    expect(await backend.json(member.key, '$.score')).toBe(7);
  });

  test('insertMany looks no further when a thousand values do not fit', async () => {
    const looked = new Set<number>();
    const inits = Array.from({ length: 1_200 }, (_, at) => ({
      get username() {
        looked.add(at);
        return 7 as never;
      },
    }));

    await expect(Member.insertMany(inits)).rejects.toMatchObject({ code: 'VALIDATION', problems: { length: 1_000 } });
    expect(looked.size).toBe(1_000);
  });

  test('insertMany tries each slot of a cluster, and names the first key that exists', async () => {
    const [one, other] = [await createUser({ score: 1 }), await createUser({ score: 2 })];
    const names = Array.from({ length: 20 }, (_, at) => `slot ${at}`);

    const refused = User.insertMany([...names.slice(0, 10), one.pk, other.pk, ...names.slice(10)].map((username) => ({ username })));

    await expect(refused).rejects.toMatchObject({ code: 'KEY_EXISTS', key: one.key });
    expect((await User.getMany(names)).found).toHaveLength(backend.isCluster ? 20 : 0);
    expect(await backend.json(other.key, '$.score')).toBe(2);
  });

  test('insertMany refuses two documents of the same key', async () => {
    await expect(
      User.insertMany([
        { username: 'twin', score: 1 },
        { username: 'twin', score: 2 },
      ]),
    ).rejects.toMatchObject({
      code: 'KEY_EXISTS',
      key: 'User:twin',
    });
  });

  test('getOrCreate makes one document for many callers, and says who made it', async () => {
    const results = await Promise.all(Array.from({ length: 10 }, (_, at) => User.getOrCreate({ username: 'wanted', score: at })));

    expect(results.filter(({ created }) => created)).toHaveLength(1);
    const stored = await backend.json('User:wanted', '$.score');
    for (const { document } of results) expect(document.score.value).toBe(stored);
  });

  test('getOrCreate of a document that does not fit says so', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["tags"]', 'text');

    await expect(User.getOrCreate({ username: user.pk })).rejects.toMatchObject({ code: 'CORRUPT_DOCUMENT', key: user.key });
  });
});
