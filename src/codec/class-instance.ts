import { isDate } from 'node:util/types';
import type * as ClassTransformer from 'class-transformer';
import { anyJson } from './any-json';
import { defineCodec, isPlainObject, Mismatch, type Codec, type Json } from './codec';

export type PlainClass = new (...args: never[]) => object;

/** class-transformer takes 9 ms to load, so it is loaded by the first model that needs it. */
export function transformer(): typeof ClassTransformer {
  return require('class-transformer') as typeof ClassTransformer;
}

/** The rules that the decorators of class-transformer have recorded for classes. */
interface NotedRules {
  getStrategy(type: object): string;
  getExposedMetadatas(type: object): readonly unknown[];
  getExcludedMetadatas(type: object): readonly unknown[];
  findTransformMetadatas(type: object, name: string, direction: number): readonly unknown[];
  findTypeMetadata(type: object, name: string): unknown;
}

let noted: { readonly rules: NotedRules | undefined } | undefined;

/** Undefined where the rules are not accessible. */
export function notedRules(): NotedRules | undefined {
  return (noted ??= { rules: findNotedRules() }).rules;
}

/** A bundler may give redatom another copy than the one that decorators write to, so the rules count only if they show what a decorator has just written. */
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

/** An instance of a class that is not a model, converted by class-transformer with the decorators of that class. */
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

/** class-transformer leaves dates as they are, and restores them where `@Type(() => Date)` says so. Anything else that is not JSON is left to be refused. */
function datesToText(value: unknown): unknown {
  if (isDate(value)) return Number.isNaN(value.getTime()) ? value : value.toISOString();
  if (Array.isArray(value)) return value.map(datesToText);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, datesToText(item)]));
}

/** A member of a new instance that is an object of some class, which class-transformer turns into something else when it is read back. */
export function lostMember(type: PlainClass): { readonly name: string; readonly value: object } | undefined {
  const codec = classInstance(type);
  const made = Reflect.construct(type, []) as Record<string, unknown>;
  let read: Record<string, unknown>;
  try {
    read = codec.decode(codec.encode(made)) as Record<string, unknown>;
  } catch {
    // A new instance need not be fit to be stored.
    return undefined;
  }
  for (const [name, value] of Object.entries(made)) {
    if (typeof value !== 'object' || value === null || isPlainObject(value)) continue;
    if ((read[name] as object | null | undefined)?.constructor !== value.constructor) return { name, value };
  }
  return undefined;
}
