import type { ModelClass } from './model-schema';

/** Given to a constructor of a model: make the members that the class itself defines, and nothing else. */
export const BARE: unique symbol = Symbol('redatom/bare');

/** Runs the constructor of a model class without any data. What it leaves on the instance are its class fields. */
export function constructBare(model: ModelClass): Record<string, unknown> {
  return Reflect.construct(model, [BARE]) as Record<string, unknown>;
}

/** Source text that shows that instances hold what only their constructor can make: private names or a constructor's own work. */
const NEEDS_CONSTRUCTOR = /(^|[^\w$])constructor\s*\(|(^|[\s;{}(])#[\w$]/m;

/** Whether some class of the lineage does more in its constructor than define the declared fields. */
export function hasConstructorOfItsOwn(lineage: readonly ModelClass[], fieldNames: ReadonlySet<string>, bare: object): boolean {
  if (Reflect.ownKeys(bare).some((name) => typeof name === 'symbol' || !fieldNames.has(name))) return true;
  return lineage.some((model) => NEEDS_CONSTRUCTOR.test(Function.prototype.toString.call(model)));
}
