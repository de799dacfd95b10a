import { CONTAINER } from './container';
import type { DictState } from './dict-state';

/** What the traps need of a dict. */
interface Dict {
  readonly [CONTAINER]: DictState;
  set(name: string, value: unknown): unknown;
  delete(name: string): boolean;
}

/** Properties of every object that formatting and comparing rely on. A member of the dict with the same name takes precedence. */
const OBJECT_MEMBERS = new Set(['toString', 'toLocaleString', 'valueOf', 'hasOwnProperty', 'propertyIsEnumerable', 'isPrototypeOf']);

let verbs: ReadonlySet<string> | undefined;

/** Names of the verbs: the own members of the class. `constructor` is an ordinary name. */
function isVerb(dict: Dict, name: string): boolean {
  verbs ??= new Set(Object.getOwnPropertyNames(Object.getPrototypeOf(dict)).filter((member) => member !== 'constructor'));
  return verbs.has(name);
}

function nameOfVerb(dict: Dict, name: string, { instead, value }: { instead: string; value: unknown }): unknown {
  return dict[CONTAINER].misfit(name, `${instead}, because the name is that of a verb`, value);
}

/** Makes `dict.name`, `dict.name = x`, `delete dict.name`, `in` and `Object.keys` work on the members. */
export const dictHandler: ProxyHandler<Dict> = {
  get(dict, name, receiver) {
    if (typeof name === 'symbol' || isVerb(dict, name)) return Reflect.get(dict, name, receiver) as unknown;
    const state = dict[CONTAINER];
    if (!state.has(name) && OBJECT_MEMBERS.has(name)) return Reflect.get(Object.prototype, name) as unknown;
    return state.read(name);
  },
  set(dict, name, value) {
    if (typeof name === 'symbol') throw dict[CONTAINER].misfit(String(name), 'a name of text', name);
    if (isVerb(dict, name)) throw nameOfVerb(dict, name, { instead: `set(${JSON.stringify(name)}, value)`, value });
    dict.set(name, value);
    return true;
  },
  has(dict, name) {
    return typeof name === 'symbol' ? Reflect.has(dict, name) : dict[CONTAINER].has(name);
  },
  deleteProperty(dict, name) {
    if (typeof name === 'string') dict.delete(name);
    return true;
  },
  ownKeys(dict) {
    return dict[CONTAINER].names();
  },
  getOwnPropertyDescriptor(dict, name) {
    if (typeof name === 'symbol' || !dict[CONTAINER].has(name)) return undefined;
    const value = dict[CONTAINER].read(name);
    // Code that enumerates reads the property next, and would get the verb in place of the member.
    if (isVerb(dict, name)) throw nameOfVerb(dict, name, { instead: `get(${JSON.stringify(name)}), entries() or clone()`, value });
    return { value, writable: true, enumerable: true, configurable: true };
  },
  /** For the same reason as for lists. */
  preventExtensions: () => false,
  defineProperty(dict, name, descriptor) {
    if (typeof name === 'string') dict.set(name, descriptor.value);
    return typeof name === 'string';
  },
};
