import type { ModelConstructor } from '../schema/model-schema';
import type { AtomicRedisModel } from './atomic-redis-model';

/** What every model class has, besides its constructor. */
type ModelStatics = Omit<typeof AtomicRedisModel, 'prototype'>;

/**
 * A model class with its verbs, for documents of type `T`. Generic code takes one, and functions that make classes return one.
 *
 * @example
 * ```ts
 * class Repository<T extends AtomicRedisModel> {
 *   constructor(private readonly model: ModelType<T>) {}
 *
 *   rename(pk: string, patch: Patch<T>): Promise<void> {
 *     return this.model.at(pk).aupdate(patch);
 *   }
 * }
 * await new Repository(User).rename('ada', { email: 'ada@lovelace.org' });
 * (await User.get('ada')).email; // => 'ada@lovelace.org'
 * ```
 */
export type ModelType<T extends AtomicRedisModel> = ModelConstructor<T> & ModelStatics;

/**
 * A class to extend, by the fields and methods that it hands down: the return type of functions that make abstract classes.
 *
 * @example
 * ```ts
 * interface Dated extends AtomicRedisModel {
 *   at: Date;
 * }
 *
 * function dated(): AbstractModelType<Dated> {
 *   abstract class Base extends AtomicRedisModel {
 *     @Field(Date, { default: () => new Date() }) at!: Date;
 *   }
 *   return Base;
 * }
 *
 * @Model()
 * class Note extends dated() {
 *   @Field(String) text!: string;
 * }
 * Note.build({ text: 'x', at: new Date(0) }).at; // => new Date(0)
 * ```
 */
export type AbstractModelType<T extends AtomicRedisModel> = ModelStatics & (abstract new (init?: Readonly<Record<string, unknown>>) => T);
