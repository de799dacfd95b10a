import type { Codec, DocumentField, DocumentShape } from '../codec/codec';
import type { TtlRefresh } from './options';
import type { MODEL } from './type-reference';

/** A class that extends the model base class, with `T` as the type of its instances. */
export interface ModelClass<T extends object = object> {
  /** @internal */
  readonly [MODEL]: symbol;
  readonly name: string;
  readonly prototype: object;
  new (...args: never[]): T;
  /** First part of the keys, after the hash tag. */
  classKeyInitials(): string;
}

/** The same, used only for the type of its instances. */
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
  /** Whether some fields get their defaults from class field initialisers, so that new instances are made by the constructor. */
  readonly hasInitialisers: boolean;
  /** Whether every instance must be made by the constructor, because the class has members of its own, private names or a constructor. */
  readonly needsConstructor: boolean;
}

/**
 * The schema of a nested model; undefined for any other value. Codecs declare only the part that concerns the stored form, but each shape is a whole
 * schema.
 */
export function nestedSchema({ shape }: Codec): ModelSchema | undefined {
  return shape?.() as ModelSchema | undefined;
}
