import { AtomicRedisModel, dict, Field, list, Model, RedisDatetime, RedisDict, RedisList, ValidationError } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';
import { createUser, User } from '../../support/user';

@Model()
class Strict extends AtomicRedisModel {
  @Field(String) name!: string;
  @Field(Number) age!: number;
  @Field(Date) born!: Date;
}

@Model()
class Trip extends AtomicRedisModel {
  @Field(Date) begins!: Date;
  @Field(RedisDatetime, { format: 'epochMs' }) ends!: RedisDatetime;
  @Field(BigInt) metres!: bigint;
  @Field(Uint8Array) map!: Uint8Array;
  @Field(list(Date)) stops!: RedisList<Date>;
  @Field(dict(Date)) named!: RedisDict<Date>;
  @Field(() => Strict, { nullable: true }) guide!: Strict | null;
}

/** Stores its date in another form than `Begun`. */
@Model()
class Plan extends AtomicRedisModel {
  @Field(Date, { format: 'epochSeconds' }) begins!: Date;
}

@Model()
class Begun extends AtomicRedisModel {
  @Field(Date) begins!: Date;
}

describeOnEveryBackend('create', (backend) => {
  useModels(backend, User, Strict, Trip, Plan, Begun);

  test('stores the fields in the order of their declaration, with defaults for those that were not given', async () => {
    const user = await User.create({ tags: ['admin'], username: 'ada' });

    expect(user.key).toBe('User:ada');
    expect(await backend.jsonText('User:ada')).toBe(
      '[{"username":"ada","email":"","score":0,"tags":["admin"],"settings":{},"address":null}]',
    );
    expect(await backend.send('PTTL', user.key)).toBe(-1);
  });

  test('refuses a key that exists, and leaves what is there', async () => {
    const user = await createUser({ score: 3 });

    await expect(User.create({ username: user.pk, score: 9 })).rejects.toMatchObject({ code: 'KEY_EXISTS', model: 'User', key: user.key });

    expect(await backend.json(user.key, '$.score')).toBe(3);
  });

  test('names all fields that are missing, wrong or unknown at once, and sends nothing', async () => {
    const init = { name: 7, colour: 'red', born: new Date(NaN) } as unknown as { name: string };

    const error = await Strict.create(init).catch((thrown: unknown) => thrown as ValidationError);

    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ code: 'VALIDATION', model: 'Strict' });
    expect((error as ValidationError).problems.map(({ field }) => field)).toEqual(['name', 'age', 'born', 'colour']);
    expect(await backend.commandsSent(() => Strict.create(init).catch(() => undefined))).toEqual([]);
  });

  test('gives a model without a key field a uuid', async () => {
    const strict = await Strict.create({ name: 'a', age: 1, born: new Date(0) });

    expect(strict.pk).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(strict.key).toBe(`Strict:${strict.pk}`);
    expect(await Strict.exists(strict.pk)).toBe(true);
  });

  test('keeps no reference to the values that it was given', async () => {
    const tags = ['a'];
    const user = await createUser({ tags });

    tags.push('b');

    expect([...user.tags]).toEqual(['a']);
  });

  test('build() and new make the same local document and send nothing', async () => {
    const init = { username: 'local', tags: ['a'] };
    let built: User | undefined;
    let constructed: User | undefined;

    const sent = await backend.commandsSent(async () => {
      built = User.build(init);
      constructed = new User(init);
    });

    expect(sent).toEqual([]);
    expect(constructed?.toJSON()).toEqual(built?.toJSON());
    expect(await User.exists('local')).toBe(false);
  });

  test('takes an instance for the values of another document, whatever they are stored as', async () => {
    const at = (year: number): Date => new Date(Date.UTC(year, 0));
    const trip = await Trip.create({
      begins: at(2001),
      ends: at(2002),
      metres: 12n,
      map: Buffer.from([1, 2]),
      stops: [at(2003)],
      named: { first: at(2004) },
      guide: { name: 'Ada', age: 36, born: at(1815) },
    });
    trip.begins.setUTCFullYear(2000);

    const copy = Trip.build(trip);
    await copy.save();

    expect(copy.pk).not.toBe(trip.pk);
    expect(await backend.json(copy.key)).toEqual(trip.toJSON());
    expect(new Trip(trip as never).toJSON()).toEqual(trip.toJSON());
    copy.stops.append(at(2005));
    expect(trip.stops).toHaveLength(1);
    expect(Begun.build(Plan.build({ begins: at(2006) })).begins).toEqual(at(2006));
  });
});
