import type * as ClassTransformer from 'class-transformer';
import { anyJson } from './any-json';
import { Mismatch, type Codec, type Json, type JsonObject } from './codec';

export type PlainClass = new (...args: never[]) => object;

/** class-transformer takes 9 ms to load, so it is loaded by the first model that needs it. */
function transformer(): typeof ClassTransformer {
  return require('class-transformer') as typeof ClassTransformer;
}

/** An instance of a class that is no model, converted by class-transformer with the decorators of that class. */
export function classInstance(type: PlainClass): Codec {
  const constructor = type as ClassTransformer.ClassConstructor<object>;
  const check = (json: unknown): void => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw Mismatch.of(`an object for ${type.name}`, json);
  };
  return {
    kind: 'value',
    name: type.name,
    nullable: false,
    identity: false,
    opaque: true,
    encode: (value) => {
      check(value);
      const instance = value instanceof type ? value : transformer().plainToInstance(constructor, value);
      return anyJson.encode(datesToText(transformer().instanceToPlain(instance)));
    },
    check,
    decode: (json: Json) => transformer().plainToInstance(constructor, structuredClone(json)),
  };
}

/** class-transformer leaves dates as they are, and makes them again where `@Type(() => Date)` says so. */
function datesToText(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(datesToText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, datesToText(item)]));
}

/** Applies `@Exclude`, `@Expose` and `@Transform` of a class to plain data made of one of its instances. */
export function applyPlainRules(type: object, plain: JsonObject): JsonObject {
  const carrier = Object.create({ constructor: type }, Object.getOwnPropertyDescriptors(plain)) as object;
  return transformer().instanceToPlain(carrier) as JsonObject;
}
