import type { ModelClass } from '../schema/model-schema';

/** A model class, by the instances that it makes. */
export type ModelConstructor<T extends object> = ModelClass<T>;
