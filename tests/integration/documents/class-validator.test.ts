import { IsEmail, Length, Max, Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { AtomicRedisModel, Field, Model, RedisInt, type ValidationError } from 'redatom';
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

const good = { name: 'ada', email: 'a@b.cz', score: 1 };

describeOnEveryBackend('class-validator', (backend) => {
  useModels(backend, Member);

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
      problems: [{ field: 'name', expected: 'name is taken' }],
    });
  });

  test.each([
    ['save', (member: Member) => ((member.email = 'no'), member.save())],
    ['saveChanges', (member: Member) => ((member.email = 'no'), member.saveChanges())],
    ['aupdate', (member: Member) => member.aupdate({ email: 'no' })],
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

  test('what keeps the rules is written', async () => {
    const member = await Member.create(good);

    await member.aupdate({ email: 'x@y.cz', score: 100 });

    expect(await backend.json(member.key)).toEqual({ ...good, email: 'x@y.cz', score: 100 });
  });
});
