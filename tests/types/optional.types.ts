import { expectTypeOf } from 'expect-type';
import { AtomicRedisModel, Field, Model, RedisInt, RedisList, RedisStr, list, type Init, type PlainModel } from 'redatom';

/** Properties that may be missing in TypeScript; they are stored as null. */
@Model()
export class Draft extends AtomicRedisModel {
  @Field(String) title!: string;
  @Field(String, { nullable: true }) note?: string;
  @Field(String, { nullable: true }) hint?: string | null;
  @Field(RedisInt, { nullable: true }) reads?: RedisInt;
  @Field(list(String), { nullable: true }) tags?: RedisList<string>;
  @Field(() => Draft, { nullable: true }) next?: Draft;
}

declare const draft: Draft;

Draft.build(draft.toObject());
Draft.build({ ...draft.toObject(), note: 'x' });
Draft.insertMany([draft.toObject(), draft.clone()]);
draft.update(draft.toObject());
draft.next = Draft.build(draft.toObject());
export const given: Init<Draft> = draft.toObject();
expectTypeOf<PlainModel<Draft>['note']>().toEqualTypeOf<string | undefined>();
expectTypeOf(draft.field('reads')).toEqualTypeOf<RedisInt<number | null>>();
expectTypeOf(draft.field('note')).toEqualTypeOf<RedisStr<string | null>>();
// @ts-expect-error a number is no text
Draft.build({ note: 1 });
