import type { ModelClass } from '../schema/model-schema';

/** A model class, by the instances that it makes. */
export interface ModelConstructor<T> extends ModelClass {
  new (...args: never[]): T & object;
}
