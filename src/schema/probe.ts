import type { ModelClass } from './model-schema';

/** The `new.target` whose next instance is made without data; undefined if there is none. */
let nextBare: object | undefined;

/**
 * Runs the constructor of a model class without arguments. Whatever it passes on, the base class takes no data, so everything on the instance
 * afterwards comes from class fields.
 *
 * @param target - The class whose prototype the instance gets.
 */
export function constructBare(model: ModelClass, target: object = model): Record<string, unknown> {
  const outer = nextBare;
  nextBare = target;
  try {
    return Reflect.construct(model, [], target as ModelClass) as Record<string, unknown>;
  } finally {
    nextBare = outer;
  }
}

/** Called by the base class: whether the instance under construction gets no data. True once, because its constructor may make other instances, which do. */
export function isNextBare(target: object): boolean {
  if (nextBare !== target) return false;
  nextBare = undefined;
  return true;
}

/** Matches the source of a class with a constructor or private names, of which only the constructor makes a complete instance. */
const NEEDS_CONSTRUCTOR = /(^|[^\w$])constructor\s*\(|(^|[\s;{}(])#[\w$]/m;

/** Whether a constructor in the lineage does more than define the declared fields. */
export function hasConstructorOfItsOwn(lineage: readonly ModelClass[], fieldNames: ReadonlySet<string>, bare: object): boolean {
  if (Reflect.ownKeys(bare).some((name) => typeof name === 'symbol' || !fieldNames.has(name))) return true;
  return lineage.some((model) => NEEDS_CONSTRUCTOR.test(Function.prototype.toString.call(model)));
}
