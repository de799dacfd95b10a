/** The method that `util.inspect` calls. Named here: a name from `node:util` would cost users without the types of Node the types of their fields. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;
