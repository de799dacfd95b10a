import type { ModelClass } from './model-schema';

/** Whose next instance is to have the members that the class itself defines, and nothing else. */
let nextBare: object | undefined;

/**
 * Runs the constructor of a model class without arguments, and without data whatever it passes on. What it leaves on the instance are its class fields.
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

/** Asked by the base class: whether the instance under construction is a bare one. Others that its constructor makes are not. */
export function isNextBare(target: object): boolean {
  if (nextBare !== target) return false;
  nextBare = undefined;
  return true;
}

/** Source text that shows that instances hold what only their constructor can make: private names or a constructor's own work. */
const NEEDS_CONSTRUCTOR = /(^|[^\w$])constructor\s*\(|(^|[\s;{}(])#[\w$]/m;

/** Whether some class of the lineage does more in its constructor than define the declared fields. */
export function hasConstructorOfItsOwn(lineage: readonly ModelClass[], fieldNames: ReadonlySet<string>, bare: object): boolean {
  if (Reflect.ownKeys(bare).some((name) => typeof name === 'symbol' || !fieldNames.has(name))) return true;
  return lineage.some((model) => NEEDS_CONSTRUCTOR.test(Function.prototype.toString.call(model)));
}
