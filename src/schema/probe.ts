import type { ModelClass } from './model-schema';

/** The `new.target` whose next instance is made without data; undefined when none is. */
let nextBare: object | undefined;

/**
 * Runs the constructor of a model class without arguments. Whatever it passes on, the base class takes no data, so what is on the instance afterwards are
 * the class fields.
 *
 * @param target - Whose prototype the instance gets.
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

/** Asked by the base class: whether the instance under construction gets no data. True once, because its constructor may make others, which do. */
export function isNextBare(target: object): boolean {
  if (nextBare !== target) return false;
  nextBare = undefined;
  return true;
}

/** Found in the source of a class with a constructor or private names: only running its constructor makes a whole instance. */
const NEEDS_CONSTRUCTOR = /(^|[^\w$])constructor\s*\(|(^|[\s;{}(])#[\w$]/m;

/** Whether some class of the lineage does more in its constructor than define the declared fields. */
export function hasConstructorOfItsOwn(lineage: readonly ModelClass[], fieldNames: ReadonlySet<string>, bare: object): boolean {
  if (Reflect.ownKeys(bare).some((name) => typeof name === 'symbol' || !fieldNames.has(name))) return true;
  return lineage.some((model) => NEEDS_CONSTRUCTOR.test(Function.prototype.toString.call(model)));
}
