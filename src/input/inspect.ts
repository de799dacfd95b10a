import { inspect } from 'node:util';

/**
 * The method that `util.inspect` calls. Named here, because with a name from `node:util` users without the types of Node would lose the types of
 * their fields.
 */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** Node shows a proxy of a list as `<Revoked Proxy>` if its first item is null, so lists are shown as plain copies. */
export function shown(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value, shown) : value;
}

/** The output of `util.inspect` for an object: members that are useful to users, without internals or passwords. */
export function inspected(name: string, members: unknown, options: object): string {
  return `${name} ${inspect(members, options)}`;
}
