import {
  IsEmail,
  IsIn,
  IsInstance,
  IsNotEmptyObject,
  IsOptional,
  Length,
  Max,
  MaxLength,
  Min,
  MinDate,
  Validate,
  ValidateIf,
  ValidateNested,
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  AtomicRedisModel,
  dict,
  Field,
  list,
  Model,
  pipeline,
  RedisInt,
  Version,
  type RedisDict,
  type RedisList,
  type ValidationError,
} from 'redatom';
import { Batch } from 'redatom/batch';
import { describeOnEveryBackend } from '../../support/backends';
import { errorWith } from '../../support/error-with';
import { useModels } from '../../support/use-models';

@ValidatorConstraint({ async: true })
class IsFree implements ValidatorConstraintInterface {
  async validate(name: string): Promise<boolean> {
    return Promise.resolve(name !== 'taken');
  }

  defaultMessage(): string {
    return 'name is taken';
  }
}

@Model()
class Member extends AtomicRedisModel {
  @Length(2, 10) @Validate(IsFree) @Field(String) name!: string;
  @IsEmail() @Field(String) email!: string;
  @Max(100) @Field(RedisInt) score!: RedisInt;
}

@Model()
class Counted extends AtomicRedisModel {
  @IsEmail() @Field(String) email!: string;
  @Version() version!: number;
}

@Model()
class Place extends AtomicRedisModel {
  @Length(2, 5) @Field(String) city!: string;
}

@Model()
class Company extends AtomicRedisModel {
  @ValidateNested() @Field(() => Place) seat!: Place;
  @IsOptional() @ValidateNested() @Field(() => Place, { nullable: true }) branch!: Place | null;
  @ValidateNested({ each: true }) @Field(list(() => Place)) shops!: RedisList<Place>;
  @ValidateNested({ each: true }) @Field(dict(() => Place)) depots!: RedisDict<Place>;
  @IsNotEmptyObject() @Field(dict(() => Place)) others!: RedisDict<Place>;
  @IsIn([1n, 2n]) @Field(BigInt) size!: bigint;
}

@ValidatorConstraint()
class IsAboveFloor implements ValidatorConstraintInterface {
  validate(ceiling: number, { object }: ValidationArguments): boolean {
    return object instanceof Span && ceiling > object.floor;
  }
}

@Model()
class Edge extends AtomicRedisModel {
  @Field(String) name!: string;
  @Field(list(String)) marks!: RedisList<string>;
  @Max(1) get markCount(): number {
    return (this as Edge).marks.length;
  }
}

@Model()
class Span extends AtomicRedisModel {
  readonly #slack = 2;
  limit = 20;
  @Field(Number) floor!: number;
  @Validate(IsAboveFloor) @Field(Number) ceiling!: number;
  @Field(RedisInt) used!: RedisInt;
  @ValidateIf((span: Span) => span.isOpen()) @Min(5) @Field(Number, { default: 5 }) width!: number;
  @ValidateNested() @IsInstance(Edge) @Field(() => Edge, { default: { name: 'left' } }) edge!: Edge;
  @MaxLength(7) get label(): string {
    const { floor, ceiling } = this as Span;
    return `${floor}-${ceiling}`;
  }
  @Max(12) get most(): number {
    return (this as Span).used.value + this.#slack;
  }
  isOpen(): boolean {
    return (this as Span).ceiling < this.limit;
  }
}

@Model()
class Dated extends AtomicRedisModel {
  @MinDate(new Date(0)) @Field(Date) at!: Date;
}

const prague = { city: 'Praha' };
const nowhere = { city: 'x' };
const company = { seat: prague, branch: null, shops: [prague], depots: { east: prague }, others: { west: nowhere }, size: 1n };

const good = { name: 'ada', email: 'a@b.cz', score: 1 };

describeOnEveryBackend('class-validator', (backend) => {
  useModels(backend, Member, Company, Counted, Span, Dated);

  test('rules need the whole document, so one that was not read takes only verbs that do not run them', async () => {
    const { pk, key } = await Member.create({ name: 'ada', email: 'ada@example.com', score: 1 });
    const ada = Member.at(pk);

    await expect(ada.aupdate({ score: 5 })).rejects.toThrow(/rules of Member.*get\(\) it first/);
    await expect(ada.pipeline((queued) => queued.score.increase())).rejects.toThrow(/rules of Member/);
    expect(await backend.json(key)).toEqual({ name: 'ada', email: 'ada@example.com', score: 1 });

    expect(await ada.score.increase(99)).toBe(100);
  });

  test('every broken rule is listed, and nothing is sent', async () => {
    const sent = await backend.commandsSent(async () => {
      const error = await Member.create({ name: 'x', email: 'no', score: 500 }).catch((thrown: unknown) => thrown as ValidationError);
      expect(error).toMatchObject({ code: 'VALIDATION', model: 'Member' });
      expect((error as ValidationError).problems.map(({ field }) => field).sort()).toEqual(['email', 'name', 'score']);
    });

    expect(sent).toEqual([]);
  });

  test('rules that wait are waited for', async () => {
    await expect(Member.create({ ...good, name: 'taken' })).rejects.toMatchObject({
      code: 'VALIDATION',
      problems: [{ field: 'name', expected: expect.stringContaining('(name is taken)') as string }],
    });
  });

  test.each([
    ['save', (member: Member) => ((member.email = 'no'), member.save())],
    ['saveChanges', (member: Member) => ((member.email = 'no'), member.saveChanges())],
    ['aupdate', (member: Member) => member.aupdate({ email: 'no' })],
    ['pipeline', (member: Member) => member.pipeline((same) => ((same.email = 'no'), same.score.add(1)))],
    ['pipeline of several', (member: Member) => pipeline([member, Member.build(good)], ([same]) => (same.email = 'no'))],
    ['nested pipeline', (member: Member) => member.pipeline((same) => same.pipeline(() => (same.email = 'no')))],
    ['batch', (member: Member) => Promise.resolve().then(() => new Batch(true).add(member, () => (member.email = 'no')))],
    ['getOrCreate', () => Member.getOrCreate({ ...good, email: 'no' })],
    ['insertMany', () => Member.insertMany([good, { ...good, email: 'no' }])],
  ])('%s keeps them', async (_, write) => {
    const member = await Member.create(good);
    const before = await backend.send('DBSIZE');

    await expect(write(member)).rejects.toMatchObject({ code: 'VALIDATION', problems: [{ field: 'email' }] });

    expect(await backend.json(member.key)).toEqual(good);
    expect(await backend.send('DBSIZE')).toBe(before);
  });

  test('update keeps them and leaves the local values', async () => {
    const member = await Member.create(good);

    expect(() => member.update({ name: 'abc', email: 'no' })).toThrow(errorWith({ code: 'VALIDATION' }));

    expect(member.toJSON()).toEqual(good);
  });

  test.each([null, undefined, 5, 'name'])('update of %p is refused as it is without rules', async (patch) => {
    const member = await Member.create(good);

    expect(() => member.update(patch as never)).toThrow(errorWith({ code: 'VALIDATION' }));
    await expect(member.aupdate(patch as never)).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(member.key)).toEqual(good);
  });

  test('a pipeline that breaks them changes nothing, here or there', async () => {
    const member = await Member.create(good);

    const work = (same: Member): void => {
      same.score.add(1);
      same.name = 'taken';
    };
    await expect(member.pipeline(work)).rejects.toMatchObject({ code: 'VALIDATION', problems: [{ field: 'name' }] });
    expect(member.toJSON()).toEqual(good);

    await member.pipeline((same) => same.score.add(1));
    expect(await backend.json(member.key)).toEqual({ ...good, score: 2 });
    await expect(member.pipeline((same) => same.delete())).resolves.toMatchObject({ committed: true });
  });

  const breakIt = (member: Member): string => (member.email = 'no');
  test.each([
    ['withLock', (member: Member) => member.withLock('work', breakIt, { saveAtEnd: true })],
    ['withLockFromKey', ({ key }: Member) => Member.withLockFromKey(key, 'work', breakIt, { saveAtEnd: true })],
  ])('work of %s that breaks them is not saved, and the lock is free', async (_, run) => {
    const member = await Member.create(good);

    await expect(run(member)).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(await backend.json(member.key)).toEqual(good);
    await expect(member.withLock('work', () => 'entered', { waitMs: 0 })).resolves.toBe('entered');
  });

  test('transact keeps them', async () => {
    const { key } = await Counted.create({ email: 'a@b.cz' });

    await expect(Counted.transact(key, (counted) => (counted.email = 'no'))).rejects.toMatchObject({ code: 'VALIDATION' });

    expect(await backend.json(key)).toEqual({ email: 'a@b.cz', version: 1 });
  });

  test.each([
    ['seat.city', { seat: nowhere }],
    ['branch.city', { branch: nowhere }],
    ['shops[1].city', { shops: [prague, nowhere] }],
    ['depots.north.city', { depots: { north: nowhere } }],
    ['size', { size: 3n }],
  ])('rules of nested models are run where @ValidateNested says so: %s', async (field, wrong) => {
    const broken = { code: 'VALIDATION', model: 'Company', problems: [expect.objectContaining({ field })] };
    const stored = await Company.create(company);
    const before = await backend.json(stored.key);

    await expect(Company.create({ ...company, ...wrong })).rejects.toMatchObject(broken);
    await expect(stored.aupdate(wrong)).rejects.toMatchObject(broken);
    expect(() => stored.update(wrong)).toThrow(errorWith(broken));
    await expect(stored.aupdate({ seat: Place.build(prague), shops: stored.shops, depots: stored.depots })).resolves.toBe(stored);
    expect(await backend.json(stored.key)).toEqual(before);
  });

  test('a broken rule of a nested model is said to be where it is', async () => {
    const stored = await Company.create(company);
    const place = stored.shops[0];
    const broken = {
      model: 'Company',
      key: stored.key,
      path: '$["shops"][0]["city"]',
      problems: [expect.objectContaining({ field: 'shops[0].city' })],
    };

    await expect(place?.aupdate(nowhere)).rejects.toMatchObject(broken);
    expect(() => place?.update(nowhere)).toThrow(errorWith(broken));
  });

  test('rules see the getters, methods and class of the instance, with the values that it is to have', async () => {
    const span = await Span.create({ floor: 1, ceiling: 9 });

    await expect(span.aupdate({ floor: 10 })).rejects.toMatchObject({ problems: [{ field: 'ceiling' }] });
    await expect(span.aupdate({ floor: 100, ceiling: 1000 })).rejects.toMatchObject({ problems: [{ field: 'label' }] });
    await expect(span.aupdate({ used: 11 })).rejects.toMatchObject({ problems: [{ field: 'most', found: 'the number 13' }] });
    await expect(span.aupdate({ width: 4 })).rejects.toMatchObject({ problems: [{ field: 'width' }] });
    await expect(span.aupdate({ edge: { name: 'right', marks: ['a', 'b'] } })).rejects.toMatchObject({
      problems: [{ field: 'edge.markCount' }],
    });
    expect(() => span.update({ used: 11 })).toThrow(errorWith({ code: 'VALIDATION' }));
    await expect(span.pipeline(({ used }) => used.add(11))).rejects.toMatchObject({ problems: [{ field: 'most' }] });
    await span.aupdate({ ceiling: 30, width: 4, used: 10, edge: { name: 'right', marks: ['a'] } });

    expect(await backend.json(span.key)).toEqual({ floor: 1, ceiling: 30, used: 10, width: 4, edge: { name: 'right', marks: ['a'] } });
    expect(span.toJSON()).toEqual(await backend.json(span.key));
  });

  const local: [string, (member: Member) => Promise<unknown>][] = [
    ['save', (member) => member.save()],
    ['saveChanges', (member) => member.saveChanges()],
  ];

  test.each(local)('%s writes no value that breaks them, also when it is given while they run', async (_, write) => {
    const member = await Member.create(good);

    member.name = 'bob';
    const broken = write(member);
    member.email = 'no';
    await expect(broken).rejects.toMatchObject({ code: 'VALIDATION', problems: [{ field: 'email' }] });
    expect(await backend.json(member.key)).toEqual(good);

    member.email = 'x@y.cz';
    const kept = write(member);
    member.name = 'eve';
    await kept;
    expect(await backend.json(member.key)).toEqual({ ...good, name: 'eve', email: 'x@y.cz' });
  });

  const saves: [string, (dated: Dated) => Promise<unknown>][] = [
    ['save', (dated) => dated.save()],
    ['saveChanges', (dated) => dated.saveChanges()],
  ];

  test.each(saves)('%s writes no date that was moved from inside while they run', async (_, write) => {
    const dated = await Dated.create({ at: new Date(1) });

    dated.at.setTime(2);
    const broken = write(dated);
    dated.at.setTime(-1);

    await expect(broken).rejects.toMatchObject({ code: 'VALIDATION', problems: [{ field: 'at' }] });
    expect(await backend.json(dated.key)).toEqual({ at: '1970-01-01T00:00:00.001Z' });
  });

  test.each(saves)('%s fails with a date that was made invalid from inside, and leaves no unhandled rejection', async (_, write) => {
    const dated = await Dated.create({ at: new Date(1) });

    dated.at.setTime(NaN);

    await expect(write(dated)).rejects.toMatchObject({ code: 'VALIDATION', problems: [{ field: 'at', expected: 'a valid Date' }] });
    // By then an unhandled rejection would have failed the test.
    await new Promise(setImmediate);
  });

  test('save looks at what the verbs before it have made of the values', async () => {
    const member = await Member.create(good);

    const outcomes = await Promise.allSettled([member.score.increase(100), member.save()]);

    expect(outcomes).toMatchObject([{ value: 101 }, { reason: { code: 'VALIDATION', problems: [{ field: 'score' }] } }]);
  });

  test('what is done to a patch while they run changes nothing', async () => {
    const member = await Member.create(good);
    const patch = { email: 'x@y.cz' };

    const updated = member.aupdate(patch);
    patch.email = 'no';
    await updated;

    expect([member.email, await backend.json(member.key)]).toEqual(['x@y.cz', { ...good, email: 'x@y.cz' }]);
  });

  test.each(local)('%s runs them once where nothing changes', async (_, write) => {
    const member = await Member.create(good);
    const run = jest.spyOn(IsFree.prototype, 'validate');

    await write(member);

    expect(run).toHaveBeenCalledTimes(1);
    run.mockRestore();
  });

  test('a broken rule says what it found, whatever that is', async () => {
    await expect(Company.create({ ...company, size: 3n })).rejects.toThrow(
      'Company: size expects to pass isIn (size must be one of the following values: 1, 2), found the bigint 3',
    );
  });

  test('what keeps the rules is written', async () => {
    const member = await Member.create(good);

    await member.aupdate({ email: 'x@y.cz', score: 100 });

    expect(await backend.json(member.key)).toEqual({ ...good, email: 'x@y.cz', score: 100 });
  });
});
