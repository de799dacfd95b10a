import { expectTypeOf } from 'expect-type';
import { pipeline } from 'redatom';
import type { CallOptions, DictAt, DocumentAt, ListAt, ModelAt, NumberAt, PipelineResult, TextAt } from 'redatom';
import { user, User, type Address, type Role } from './people';

const ada = User.at('ada');

expectTypeOf(ada).toEqualTypeOf<DocumentAt<User>>();
expectTypeOf(ada.key).toEqualTypeOf<string>();
expectTypeOf(ada.load()).resolves.toEqualTypeOf<User>();
expectTypeOf(ada.exists()).resolves.toEqualTypeOf<boolean>();
expectTypeOf(ada.ttl()).resolves.toEqualTypeOf<number | null>();
expectTypeOf(ada.delete({ timeoutMs: 5 })).resolves.toEqualTypeOf<boolean>();
expectTypeOf(ada.aupdate({ age: 3, tags: ['a'], home: { city: 'Rome' } })).resolves.toEqualTypeOf<void>();
// @ts-expect-error no such field
ada.aupdate({ years: 3 });

// --- verbs of fields, also of those with plain types
expectTypeOf(ada.score).toEqualTypeOf<NumberAt>();
expectTypeOf(ada.age).toEqualTypeOf<NumberAt>();
expectTypeOf(ada.rank).toEqualTypeOf<NumberAt<number | null>>();
expectTypeOf(ada.height).toEqualTypeOf<NumberAt<number | null>>();
expectTypeOf(ada.title).toEqualTypeOf<TextAt>();
expectTypeOf(ada.nick).toEqualTypeOf<TextAt<string | null>>();
expectTypeOf(ada.tags).toEqualTypeOf<ListAt<string>>();
expectTypeOf(ada.notes).toEqualTypeOf<ListAt<string, string[] | null>>();
expectTypeOf(ada.limits).toEqualTypeOf<DictAt<number>>();
expectTypeOf(ada.places).toEqualTypeOf<ListAt<Address>>();
expectTypeOf(ada.home.visits).toEqualTypeOf<NumberAt>();
expectTypeOf(ada.work.visits).toEqualTypeOf<NumberAt>();

expectTypeOf(ada.score.increase).parameters.toEqualTypeOf<[n?: number | undefined, options?: CallOptions | undefined]>();
expectTypeOf(ada.title.aappend('x')).resolves.toEqualTypeOf<void>();
expectTypeOf(ada.tags.apop()).resolves.toEqualTypeOf<string | null>();
expectTypeOf(ada.tags.atrim(-100)).resolves.toEqualTypeOf<number>();
expectTypeOf(ada.tags.aremove('a')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(ada.places.apop()).resolves.toEqualTypeOf<{ city: string; visits: number } | null>();
expectTypeOf(ada.byName.asetDefault('x', { city: 'Rome' })).resolves.toEqualTypeOf<{ city: string; visits: number }>();
expectTypeOf(ada.limits.aincrease('daily')).resolves.toEqualTypeOf<number>();
expectTypeOf(ada.limits.apopItem()).resolves.toEqualTypeOf<[string, number]>();
// @ts-expect-error an item with parts is not looked for
ada.places.aremove({ city: 'Rome' });
// @ts-expect-error only numbers can be added to
ada.byName.aincrease('x');
// @ts-expect-error items are text
ada.tags.aappend(1);

// --- what is stored, as plain data
expectTypeOf(ada.load(['username', 'score', 'since', 'work'])).resolves.toEqualTypeOf<{
  username: string;
  score: number;
  since: Date;
  work: { city: string; visits: number } | null;
}>();
expectTypeOf(ada.load(['age'], { timeoutMs: 5 })).resolves.toEqualTypeOf<{ age: number }>();
expectTypeOf(ada.role.load()).resolves.toEqualTypeOf<Role>();
expectTypeOf(ada.balance.load()).resolves.toEqualTypeOf<bigint>();
expectTypeOf(ada.rank.load()).resolves.toEqualTypeOf<number | null>();
expectTypeOf(ada.notes.load()).resolves.toEqualTypeOf<string[] | null>();
expectTypeOf(ada.tags.aslice(-2)).resolves.toEqualTypeOf<string[]>();
expectTypeOf(ada.places.aslice(0, 5, { timeoutMs: 5 })).resolves.toEqualTypeOf<{ city: string; visits: number }[]>();
expectTypeOf(ada.places.alength()).resolves.toEqualTypeOf<number>();
expectTypeOf(ada.limits.load()).resolves.toEqualTypeOf<Record<string, number>>();
expectTypeOf(ada.limits.aget('daily')).resolves.toEqualTypeOf<number | undefined>();
expectTypeOf(ada.limits.akeys()).resolves.toEqualTypeOf<string[]>();
expectTypeOf(ada.home.load()).resolves.toEqualTypeOf<{ city: string; visits: number }>();
expectTypeOf(ada.work.load()).resolves.toEqualTypeOf<{ city: string; visits: number } | null>();
expectTypeOf(ada.home.load(['city'])).resolves.toEqualTypeOf<{ city: string }>();
expectTypeOf(ada.byName.at('x').load()).resolves.toEqualTypeOf<{ city: string; visits: number }>();
// @ts-expect-error no such field
ada.load(['years']);
// @ts-expect-error no such field
ada.home.load(['town']);
// @ts-expect-error a verb is no field
ada.load(['save']);

// --- there are no values, and no verbs that change only those
// @ts-expect-error it was not read
ada.score.value;
// @ts-expect-error it was not read
ada.tags.length;
// @ts-expect-error it was not read
ada.tags.append;
// @ts-expect-error it was not read
ada.limits.get;
// @ts-expect-error a date has no verb that changes it in Redis at once
ada.since.aset;
// @ts-expect-error nor has a value of an enum
ada.role.value;
// @ts-expect-error there is nothing to save
ada.save;
// @ts-expect-error methods of the class are not there
ada.greet;

// --- pipelines
const piped = ada.pipeline(async (queued, commands) => {
  expectTypeOf(queued.tags.aappend('x')).resolves.toEqualTypeOf<void>();
  expectTypeOf(queued.score.adjust(-1, { min: 0 })).resolves.toEqualTypeOf<void>();
  expectTypeOf(queued.home.visits.increase()).resolves.toEqualTypeOf<void>();
  expectTypeOf(queued.delete()).resolves.toEqualTypeOf<void>();
  commands.incr(`${queued.key}:visits`);
  // @ts-expect-error only the server has the answer
  queued.tags.apop;
  // @ts-expect-error only the server has the answer
  queued.limits.asetDefault;
  // @ts-expect-error read it before
  queued.load;
  // @ts-expect-error read it before
  queued.since.load;
  // @ts-expect-error read it before
  queued.tags.aslice;
});
expectTypeOf(piped).resolves.toEqualTypeOf<PipelineResult>();

pipeline([User.at('ada'), user], async ([queued, instance]) => {
  expectTypeOf(instance).toEqualTypeOf<User>();
  expectTypeOf(queued.score.increase()).resolves.toEqualTypeOf<void>();
  // @ts-expect-error only the server has the answer
  queued.tags.apop;
  instance.tags.append('x');
});
// @ts-expect-error only documents can take part
pipeline([User.at('ada').tags], () => undefined);

// --- what is inside
expectTypeOf(ada.home).toEqualTypeOf<ModelAt<Address>>();
expectTypeOf(ada.home.aupdate({ city: 'Rome' })).resolves.toEqualTypeOf<void>();
expectTypeOf(ada.byName.at('x')).toEqualTypeOf<ModelAt<Address>>();
expectTypeOf(ada.byName.at('x').visits.increase()).resolves.toEqualTypeOf<number>();
// @ts-expect-error no such field
ada.byName.at('x').aupdate({ town: 'Rome' });
// @ts-expect-error numbers in a dict have no verbs of their own
ada.limits.at('x');
// @ts-expect-error items of lists have to be read
ada.places.at;
ada.pipeline(async (queued) => {
  expectTypeOf(queued.byName.at('x').visits.increase()).resolves.toEqualTypeOf<void>();
  expectTypeOf(queued.home.aupdate({ city: 'Rome' })).resolves.toEqualTypeOf<void>();
  // @ts-expect-error numbers in a dict have no verbs of their own
  queued.limits.at('x');
  await pipeline([queued, user], ([same]) => {
    expectTypeOf(same).toEqualTypeOf(queued);
  });
});
