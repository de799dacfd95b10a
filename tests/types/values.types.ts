import { expectTypeOf } from 'expect-type';
import type { CallOptions } from 'redatom';
import { Address, user } from './people';

const { score, rate, title, blob, seen, tags, limits, places, byName } = user;

// --- numbers
expectTypeOf(score.value).toEqualTypeOf<number>();
expectTypeOf(score.increase).parameters.toEqualTypeOf<[n?: number | undefined, options?: CallOptions | undefined]>();
expectTypeOf(score.increase()).resolves.toEqualTypeOf<number>();
expectTypeOf(rate.decrease(0.5)).resolves.toEqualTypeOf<number>();
expectTypeOf(score.adjust(-5, { min: 0, max: 10, timeoutMs: 3 })).resolves.toEqualTypeOf<number>();
expectTypeOf(score.add(1)).toEqualTypeOf<void>();
expectTypeOf(score.subtract(1)).toEqualTypeOf<void>();
expectTypeOf(score.multiply(2)).toEqualTypeOf<void>();
expectTypeOf(rate.toFixed(2)).toEqualTypeOf<string>();
score.value = 3;
// @ts-expect-error a number takes no text
score.value = '3';
// @ts-expect-error a number takes no text
score.add('1');
// @ts-expect-error a bound value is not replaced by a plain one; user.update({ score: 3 }) does that
user.score = 3;
// @ts-expect-error text has no increase
title.increase;

// --- text, bytes, dates
expectTypeOf(title.append('x')).toEqualTypeOf<void>();
expectTypeOf(title.aappend('x')).resolves.toEqualTypeOf<string>();
expectTypeOf(title.toUpperCase()).toEqualTypeOf<string>();
// @ts-expect-error text takes no number
title.append(1);
expectTypeOf(blob.value).toEqualTypeOf<Uint8Array>();
expectTypeOf(blob.readUInt8(0)).toEqualTypeOf<number>();
blob.value = Buffer.from('x');
// @ts-expect-error bytes take no text
blob.value = 'x';
expectTypeOf(seen.getTime()).toEqualTypeOf<number>();
expectTypeOf(seen.addMs(5)).toEqualTypeOf<void>();
// @ts-expect-error a date takes no text
seen.value = '2026-01-01';

// --- lists
expectTypeOf(tags[0]).toEqualTypeOf<string | undefined>();
expectTypeOf(tags.append('a', 'b')).toEqualTypeOf<number>();
expectTypeOf(tags.extend(new Set(['a']))).toEqualTypeOf<number>();
expectTypeOf(tags.push('a')).toEqualTypeOf<number>();
expectTypeOf(tags.pop()).toEqualTypeOf<string | undefined>();
expectTypeOf(tags.remove('a')).toEqualTypeOf<boolean>();
expectTypeOf(tags.splice(0, 1)).toEqualTypeOf<string[]>();
expectTypeOf(tags.map((tag) => tag.length)).toEqualTypeOf<number[]>();
expectTypeOf(tags.aappend).parameters.toEqualTypeOf<[item: string, options?: CallOptions | undefined]>();
expectTypeOf(tags.aappend('a')).resolves.toEqualTypeOf<number>();
expectTypeOf(tags.aextend(['a'])).resolves.toEqualTypeOf<number>();
expectTypeOf(tags.ainsert(0, 'a')).resolves.toEqualTypeOf<number>();
expectTypeOf(tags.apop()).resolves.toEqualTypeOf<string | null>();
expectTypeOf(tags.aset(0, 'a')).resolves.toEqualTypeOf<void>();
expectTypeOf(tags.aremove('a')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(tags.aclear()).resolves.toEqualTypeOf<void>();
expectTypeOf(tags.trim(-2)).toEqualTypeOf<void>();
expectTypeOf(tags.atrim(0, 2, { timeoutMs: 5 })).resolves.toEqualTypeOf<number>();
expectTypeOf(tags.removeRange(0, 2)).toEqualTypeOf<void>();
expectTypeOf(tags.clone()).toEqualTypeOf<string[]>();
expectTypeOf(tags.save()).resolves.toEqualTypeOf<typeof tags>();
tags[0] = 'x';
tags.assign(['a']);
// @ts-expect-error a list of text takes no number
tags.append(7);
// @ts-expect-error a list of text takes no number
tags.aappend(7);
// @ts-expect-error a list of text takes no number
tags[0] = 7;
// @ts-expect-error positions are numbers
tags.ainsert('a', 0);

// --- lists of models
places.append({ city: 'Rome' }, Address.build({ city: 'Bath' }));
places.aappend({ city: 'Rome', visits: 3 });
expectTypeOf(places[0]?.visits.increase()).toEqualTypeOf<Promise<number> | undefined>();
expectTypeOf(places.apop()).resolves.toEqualTypeOf<Address | null>();
expectTypeOf(places.clone()).toEqualTypeOf<{ city: string; visits: number }[]>();
// @ts-expect-error no such field
places.append({ town: 'Rome' });
// @ts-expect-error a model takes no text
places.aset(0, 'Rome');

// --- dicts
expectTypeOf(limits['daily']).toEqualTypeOf<number | undefined>();
expectTypeOf(limits.get('daily')).toEqualTypeOf<number | undefined>();
expectTypeOf(limits.size).toEqualTypeOf<number>();
expectTypeOf(limits.set('daily', 1)).toEqualTypeOf<typeof limits>();
expectTypeOf(limits.delete('daily')).toEqualTypeOf<boolean>();
expectTypeOf(limits.update({ daily: 1 })).toEqualTypeOf<void>();
expectTypeOf(limits.asetItem('daily', 1)).resolves.toEqualTypeOf<void>();
expectTypeOf(limits.adelItem('daily')).resolves.toEqualTypeOf<boolean>();
expectTypeOf(limits.aupdate(new Map([['daily', 1]]))).resolves.toEqualTypeOf<void>();
expectTypeOf(limits.apop('daily')).resolves.toEqualTypeOf<number | undefined>();
expectTypeOf(limits.apop('daily', null)).resolves.toEqualTypeOf<number | null>();
expectTypeOf(limits.apopItem()).resolves.toEqualTypeOf<[string, number]>();
expectTypeOf(limits.asetDefault('daily', 1)).resolves.toEqualTypeOf<number>();
expectTypeOf(limits.aincrease('daily')).resolves.toEqualTypeOf<number>();
expectTypeOf(limits.aincrease('daily', 2, { timeoutMs: 50 })).resolves.toEqualTypeOf<number>();
// @ts-expect-error what is added is a number
limits.aincrease('daily', '2');
// @ts-expect-error only numbers can be added to
byName.aincrease('home');
expectTypeOf(limits.aclear()).resolves.toEqualTypeOf<void>();
expectTypeOf(limits.clone()).toEqualTypeOf<Record<string, number>>();
expectTypeOf([...limits]).toEqualTypeOf<[string, number][]>();
limits['daily'] = 3;
delete limits['daily'];
// @ts-expect-error values are numbers
limits['daily'] = '3';
// @ts-expect-error values are numbers
limits.asetItem('daily', '3');
// @ts-expect-error names are text
limits.set(1, 1);
byName.asetItem('work', { city: 'Rome' });
expectTypeOf(byName.get('work')?.city).toEqualTypeOf<string | undefined>();
// @ts-expect-error no such field
byName.set('work', { town: 'Rome' });

// --- nested and nullable
expectTypeOf(user.home.visits.increase()).resolves.toEqualTypeOf<number>();
user.home = Address.build({ city: 'x' });
user.work = null;
// @ts-expect-error it may be null
user.work.city;
// @ts-expect-error it is not nullable
user.home = null;
