import { IsEmail, Validate, ValidateNested, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import {
  AtomicRedisModel,
  dict,
  Field,
  Key,
  list,
  Model,
  RedisDatetime,
  type RedisDict,
  type RedisList,
  type ValidationError,
} from 'redatom';
import { describeOnEveryBackend } from '../../support/backends';
import { failureOf } from '../../support/failure-of';
import { useModels } from '../../support/use-models';

@Model()
class Visit extends AtomicRedisModel {
  @Field(Date) from!: Date;
  @Field(Date) until!: Date;
}

@Model()
class Diary extends AtomicRedisModel {
  @Key() @Field(Date) day!: Date;
  @Field(Date) opened!: Date;
  @Field(RedisDatetime) closed!: RedisDatetime;
  @Field(list(Date)) alarms!: RedisList<Date>;
  @Field(dict(Date)) births!: RedisDict<Date>;
  @Field(() => Visit) visit!: Visit;
}

@ValidatorConstraint({ async: true })
class IsFree implements ValidatorConstraintInterface {
  async validate(name: string): Promise<boolean> {
    return Promise.resolve(name !== 'taken');
  }
}

@Model()
class Contact extends AtomicRedisModel {
  @IsEmail() @Field(String) email!: string;
}

@Model()
class Guest extends AtomicRedisModel {
  @Validate(IsFree) @Field(String) name!: string;
  @ValidateNested() @Field(() => Contact) contact!: Contact;
  @ValidateNested({ each: true }) @Field(list(() => Contact)) others!: RedisList<Contact>;
}

const newDiary = (): Diary =>
  Diary.build({
    ...{ day: new Date(1), opened: new Date(2), closed: new Date(3), alarms: [new Date(4)], births: { ada: new Date(5) } },
    visit: { from: new Date(6), until: new Date(7) },
  });

const newGuest = (): Guest => Guest.build({ name: 'ada', contact: { email: 'a@b.cz' }, others: [{ email: 'b@b.cz' }] });

const fieldsOf = async (validating: () => Promise<unknown>): Promise<string[]> =>
  ((await failureOf(validating)) as ValidationError).problems.map(({ field }) => field);

test('validate needs no connection', async () => {
  await expect(newDiary().validate()).resolves.toBeUndefined();
  await expect(newGuest().validate()).resolves.toBeUndefined();
});

describeOnEveryBackend('validate', (backend) => {
  useModels(backend, Diary, Guest);

  test('lists what does not fit any more, one problem of each field, and sends nothing', async () => {
    const diary = await newDiary().save();
    for (const date of [diary.opened, diary.closed.value, diary.alarms[0], diary.births['ada'], diary.visit.from, diary.visit.until])
      date?.setTime(NaN);

    const sent = await backend.commandsSent(async () => {
      const error = await failureOf(() => diary.validate());
      expect(error).toMatchObject({ code: 'VALIDATION', model: 'Diary', key: diary.key, path: '$["opened"]' });
      expect((error as ValidationError).problems).toEqual(
        ['opened', 'closed', 'alarms[0]', 'births.ada', 'visit.from', 'visit.until'].map((field) => ({
          ...{ field, expected: 'a valid Date', found: 'an invalid Date' },
        })),
      );
    });

    expect(sent).toEqual([]);
  });

  test('finds what save() would refuse: another key', async () => {
    const diary = await newDiary().save();
    diary.day.setTime(0);

    expect(await fieldsOf(() => diary.validate())).toEqual(['day']);
    expect(await fieldsOf(() => diary.save())).toEqual(['day']);
  });

  test('queues nothing of what was changed from inside', async () => {
    const diary = await newDiary().save();
    const dates = [diary.opened, diary.closed.value, diary.alarms[0], diary.births['ada'], diary.visit.from];
    const times = dates.map((date) => date?.getTime() as number);
    for (const date of dates) date?.setTime(99);

    await diary.validate();

    dates.forEach((date, at) => date?.setTime(times[at] as number));
    expect(await backend.commandsSent(() => diary.saveChanges())).toEqual([]);
  });

  test('runs the rules of the class, also those that wait, when all fields fit', async () => {
    const guest = newGuest();
    Object.assign(guest, { name: 'taken' });
    guest.contact.email = 'no';

    const error = await failureOf(() => guest.validate());

    expect(error).toMatchObject({ code: 'VALIDATION', model: 'Guest', key: guest.key });
    expect((error as ValidationError).problems.map(({ field }) => field).sort()).toEqual(['contact.email', 'name']);
    await expect(Guest.exists(guest.key)).resolves.toBe(false);
  });

  test('of a nested model looks at its part only', async () => {
    const [guest, diary] = [newGuest(), newDiary()];
    guest.contact.email = 'no';
    diary.visit.from.setTime(NaN);
    diary.opened.setTime(NaN);

    await expect(guest.others[0]?.validate()).resolves.toBeUndefined();
    expect(await fieldsOf(() => guest.contact.validate())).toEqual(['contact.email']);
    expect(await fieldsOf(() => diary.visit.validate())).toEqual(['visit.from']);
  });

  test('in a pipeline looks at what is queued there', async () => {
    const guest = await newGuest().save();

    await guest.pipeline(async () => {
      guest.contact.email = 'no';
      expect(await fieldsOf(() => guest.validate())).toEqual(['contact.email']);
      guest.contact.email = 'c@b.cz';
    });

    expect(await backend.json(guest.key, '$.contact.email')).toBe('c@b.cz');
  });
});
