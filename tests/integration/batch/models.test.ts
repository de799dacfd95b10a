import { AtomicRedisModel, connect, Field, Model, type Database } from 'redatom';
import { Batch, BatchClient } from 'redatom/batch';
import { PipelineOperations } from 'redatom/service';
import { describeOnEveryBackend } from '../../support/backends';
import { createUser, User } from '../../support/user';

@Model()
class Visit extends AtomicRedisModel {
  @Field(Date) at!: Date;
}

describeOnEveryBackend('models in a batch', (backend) => {
  let database: Database;
  beforeAll(async () => {
    database = await connect(await backend.target(), { models: [User, Visit] });
  });
  afterAll(() => database.close());

  test.each([true, false])('are changed beside raw commands, atomic %s', async (isAtomic) => {
    const user = await createUser({ tags: ['a'] });
    const logins = `{${user.key}}:logins`;
    const batch = new Batch(isAtomic)
      .add(user, (same) => {
        same.tags.append('b');
        same.score.add(2);
        same.email = 'new';
      })
      .incr(logins)
      .json.get(user.key, { path: '$.tags' });
    const results = await new BatchClient(database).exec(batch, true);
    expect(results?.slice(1)).toEqual([1, [['a', 'b']]]);
    expect((await User.get(user.key)).toJSON()).toEqual(user.toJSON());
    expect(user.score.value).toBe(2);
  });

  test('leave the refusal of a commit in its place, put local values back, and let the others run', async () => {
    const user = await createUser();
    await backend.overwrite(user.key, '$["tags"]', 7);
    const batch = new Batch(true)
      .add(user, (same) => {
        same.email = 'lost';
        same.tags.append('x');
      })
      .set(`{${user.key}}:after`, '1');
    const results = await new BatchClient(database).exec(batch, false);
    expect(results).toEqual([expect.objectContaining({ code: 'PATH_MISMATCH' }), 'OK']);
    expect([user.email, [...user.tags]]).toEqual(['', []]);
    expect(await backend.json(user.key, '$.email')).toBe('');
  });

  test('run in operations too', async () => {
    const user = await createUser();
    await new PipelineOperations(database).transact(new Batch(true).add([user], ([same]) => same.score.add(1)));
    expect(await backend.json(user.key, '$.score')).toBe(1);
  });

  test('are changed at once, or not at all', async () => {
    const user = await createUser();
    expect(() => new Batch(true).add(user, async (same) => same.tags.append('x'))).toThrow('must not be asynchronous');
    expect(() => new Batch(true).add(user, () => undefined)).toThrow('changed nothing');
    expect([...user.tags]).toEqual([]);
  });

  test('take what is changed inside of a date along, and put it back with the rest', async () => {
    const visit = await Visit.create({ at: new Date(0) });
    const late = (same: Visit): unknown => same.at.setUTCFullYear(2030);

    await new BatchClient(database).exec(new Batch(true).add(visit, late), true);
    expect(await backend.json(visit.key, '$.at')).toBe('2030-01-01T00:00:00.000Z');

    await backend.send('DEL', visit.key);
    const [refused] =
      (await new BatchClient(database).exec(
        new Batch(true).add(visit, (same) => same.at.setUTCFullYear(2040)),
        false,
      )) ?? [];
    expect(refused).toMatchObject({ code: 'KEY_NOT_FOUND' });
    expect(visit.at).toEqual(new Date('2030-01-01T00:00:00.000Z'));
  });
});
