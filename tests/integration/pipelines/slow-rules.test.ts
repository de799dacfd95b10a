import { Validate, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { AtomicRedisModel, Field, Model, RedisInt } from 'redatom';
import { describeOnEveryServer } from '../../support/backends';
import { useModels } from '../../support/use-models';

let answer: Promise<boolean>;

/** Takes as long as the test wants. */
@ValidatorConstraint({ async: true })
class IsFree implements ValidatorConstraintInterface {
  validate(): Promise<boolean> {
    return answer;
  }
}

@Model()
class Member extends AtomicRedisModel {
  @Validate(IsFree) @Field(String) name!: string;
  @Field(RedisInt) score!: RedisInt;
}

const BECAUSE = 'in a cluster a verb waits for the pipeline before it';

describeOnEveryServer('a pipeline whose rules take their time', BECAUSE, (backend) => {
  useModels(backend, Member);

  test('leaves a stale instance when they are broken and a verb was done meanwhile', async () => {
    answer = Promise.resolve(true);
    const member = await Member.create({ name: 'ada' });
    let broken = (): void => undefined;
    answer = new Promise((resolve) => (broken = () => resolve(false)));
    const refused = member.pipeline(() => member.score.add(1));

    await member.score.increase(5);
    broken();

    await expect(refused).rejects.toMatchObject({ code: 'VALIDATION' });
    expect(member.isStale).toBe(true);
    await member.load();
    expect(member.toJSON()).toEqual(await backend.json(member.key));
  });
});
