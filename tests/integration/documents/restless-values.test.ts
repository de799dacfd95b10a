import { Validate, ValidateNested, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import { AtomicRedisModel, Field, Model } from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { useModels } from '../../support/use-models';

let moving: Hand | undefined;

@ValidatorConstraint()
class IsMoved implements ValidatorConstraintInterface {
  validate(): boolean {
    if (moving !== undefined) moving.at += 1;
    return true;
  }
}

@Model()
class Hand extends AtomicRedisModel {
  @Validate(IsMoved) @Field(Number) at!: number;
}

@Model()
class Clock extends AtomicRedisModel {
  @ValidateNested() @Field(() => Hand) hand!: Hand;
}

describeOnEveryBackend('rules that change what they look at', (backend) => {
  useModels(backend, Clock);

  const restless: [string, (clock: Clock) => Promise<unknown>][] = [
    ['save', (clock) => clock.save()],
    ['save of a nested model', (clock) => clock.hand.save()],
    ['saveChanges', (clock) => clock.saveChanges()],
    ['saveAtEnd', (clock) => clock.withLock('work', (held) => ((held.hand.at = 1), (moving = held.hand)), { saveAtEnd: true })],
  ];

  test.each(restless)('%s gives up when the rules change the values each time they run, and writes nothing', async (_, write) => {
    const clock = await Clock.create({ hand: { at: 0 } });
    clock.hand.at = 1;
    moving = clock.hand;

    const refused = write(clock);

    await expect(refused).rejects.toMatchObject({
      ...{ code: 'VALIDATION', model: 'Clock', key: clock.key, path: expect.stringMatching(/^\$\["hand"\]/) as string },
      problems: [{ field: expect.stringMatching(/^hand/) as string, found: 'another value after each of 10 runs' }],
    });
    expect(await backend.json(clock.key)).toEqual({ hand: { at: 0 } });
    moving = undefined;
    await clock.saveChanges();
    expect(await backend.json(clock.key)).toEqual({ hand: { at: clock.hand.at } });
  });
});
