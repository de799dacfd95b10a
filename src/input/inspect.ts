import { inspect } from 'node:util';

/** The method that `util.inspect` calls. Named here: a name from `node:util` would cost users without the types of Node the types of their fields. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** Node shows a proxy of a list as `<Revoked Proxy>` when its first item is null, so what holds lists hands over plain ones. */
export function shown(value: unknown): unknown {
  return Array.isArray(value) ? Array.from(value, shown) : value;
}

/** What `util.inspect` is to show of an object: what users can do something with, and neither its machinery nor a password in it. */
export function inspected(name: string, members: unknown, options: object): string {
  return `${name} ${inspect(members, options)}`;
}
