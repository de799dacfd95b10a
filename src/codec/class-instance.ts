import { isDate } from 'node:util/types';
import type * as ClassTransformer from 'class-transformer';
import { anyJson } from './any-json';
import { defineCodec, isPlainObject, Mismatch, type Codec, type Json } from './codec';

export type PlainClass = new (...args: never[]) => object;

/** class-transformer takes 9 ms to load, so it is loaded by the first model that needs it. */
export function transformer(): typeof ClassTransformer {
  return require('class-transformer') as typeof ClassTransformer;
}

/** What the decorators of class-transformer have noted of classes. */
interface NotedRules {
  getStrategy(type: object): string;
  getExposedMetadatas(type: object): readonly unknown[];
  getExcludedMetadatas(type: object): readonly unknown[];
  findTransformMetadatas(type: object, name: string, direction: number): readonly unknown[];
  findTypeMetadata(type: object, name: string): unknown;
}

let noted: { readonly rules: NotedRules | undefined } | undefined;

/** Undefined where they cannot be looked at. */
export function notedRules(): NotedRules | undefined {
  return (noted ??= { rules: findNotedRules() }).rules;
}

/** A bundler may give redatom another copy than decorators write to, so it counts only when what a decorator writes is seen in it. */
function findNotedRules(): NotedRules | undefined {
  class Decorated {}
  transformer().Exclude()(Decorated.prototype, 'member');
  try {
    const { defaultMetadataStorage: rules } = require('class-transformer/cjs/storage') as { defaultMetadataStorage: NotedRules };
    return rules.getExcludedMetadatas(Decorated).length === 1 ? rules : undefined;
  } catch {
    return undefined;
  }
}

/** An instance of a class that is no model, converted by class-transformer with the decorators of that class. */
export function classInstance(type: PlainClass): Codec {
  const constructor = type as ClassTransformer.ClassConstructor<object>;
  const check = (json: unknown): void => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) throw Mismatch.of(`an object for ${type.name}`, json);
  };
  return defineCodec({
    kind: 'value',
    name: type.name,
    changesUnseen: true,
    nestsFreely: true,
    encode: (value) => {
      check(value);
      const instance = value instanceof type ? value : transformer().plainToInstance(constructor, value);
      return anyJson.encode(datesToText(transformer().instanceToPlain(instance)));
    },
    check,
    decode: (json: Json) => transformer().plainToInstance(constructor, structuredClone(json)),
  });
}

/** class-transformer leaves dates as they are, and makes them again where `@Type(() => Date)` says so. What else is no JSON then is left to be refused. */
function datesToText(value: unknown): unknown {
  if (isDate(value)) return Number.isNaN(value.getTime()) ? value : value.toISOString();
  if (Array.isArray(value)) return value.map(datesToText);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, datesToText(item)]));
}

/** A member of a new instance that is an object of some class, and of which class-transformer makes another thing when it is read again. */
export function lostMember(type: PlainClass): { readonly name: string; readonly value: object } | undefined {
  const codec = classInstance(type);
  const made = Reflect.construct(type, []) as Record<string, unknown>;
  let read: Record<string, unknown>;
  try {
    read = codec.decode(codec.encode(made)) as Record<string, unknown>;
  } catch {
    // A new one need not be fit to be stored.
    return undefined;
  }
  for (const [name, value] of Object.entries(made)) {
    if (typeof value !== 'object' || value === null || isPlainObject(value)) continue;
    if ((read[name] as object | null | undefined)?.constructor !== value.constructor) return { name, value };
  }
  return undefined;
}
