import type { Container } from './container';

/** Makes the object that its constructor is given the object under construction. */
const Given = function given(object: object) {
  return object;
} as unknown as new (object: object) => object;

/**
 * Ties a container to the value that users hold for it, in a way that nothing else can see or replace. Unlike a property it is no part of
 * comparisons, costs next to nothing, and can be given to a proxy.
 */
class Tie extends Given {
  #container: Container;

  constructor(value: object, container: Container) {
    super(value);
    this.#container = container;
  }

  static read(value: object): Container | undefined {
    return #container in value ? value.#container : undefined;
  }
}

export function tie<T extends object>(value: T, container: Container): T {
  return new Tie(value, container) as unknown as T;
}

export function tiedTo(value: object): Container | undefined {
  return Tie.read(value);
}
