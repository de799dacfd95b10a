import type { Codec, DocumentField, DocumentShape } from '../codec/codec';
import type { TtlRefresh } from './options';
import type { MODEL } from './type-reference';

/** A class that extends the model base class, by the instances that it makes. */
export interface ModelClass<T extends object = object> {
  /** @internal */
  readonly [MODEL]: symbol;
  readonly name: string;
  readonly prototype: object;
  new (...args: never[]): T;
  /** First part of the keys, behind the hash tag. */
  classKeyInitials(): string;
}

/** The same where it stands for the type of its instances alone. */
export type ModelConstructor<T extends object> = ModelClass<T>;

/** The compiled meaning of a model class. */
export interface ModelSchema extends DocumentShape {
  readonly model: ModelClass;
  /** First part of the keys, without the colon. */
  readonly prefix: string;
  readonly ttlMs: number | undefined;
  readonly refreshTtl: TtlRefresh;
  readonly connection: string | undefined;
  readonly key: DocumentField | undefined;
  readonly version: DocumentField | undefined;
  /** Some fields get their defaults from class field initialisers, so new instances are made by the constructor. */
  readonly hasInitialisers: boolean;
  /** Every instance must be made by the constructor: the class has members of its own, private names or a constructor. */
  readonly needsConstructor: boolean;
}

/** The schema of a nested model; undefined for any other value. Codecs know of it what concerns the stored form, though each shape is a whole schema. */
export function nestedSchema({ shape }: Codec): ModelSchema | undefined {
  return shape?.() as ModelSchema | undefined;
}
