import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { BARE, constructBare } from '../schema/probe';
import { CONTAINER } from './container';
import type { ModelState } from './model-state';

/** Makes the object that its constructor is given the object under construction. */
const Given = function given(object: object) {
  return object;
} as unknown as new (object: object) => object;

/** Ties a state to an instance in a way that nothing but this file can see or replace, and that costs next to nothing. */
class Slot extends Given {
  #state: ModelState;

  constructor(instance: object, state: ModelState) {
    super(instance);
    this.#state = state;
  }

  /** Gives an instance its state. */
  static tie(instance: object, state: ModelState): ModelBase {
    return new Slot(instance, state) as unknown as ModelBase;
  }

  static stateOf(instance: object): ModelState | undefined {
    return #state in instance ? instance.#state : undefined;
  }
}

/** What every model instance is at bottom. */
export class ModelBase {
  /** @param isCaught - The user called the constructor of a class whose fields would hide the properties of the model. */
  constructor(state: ModelState | undefined, isCaught = false) {
    if (state === undefined) return;
    return Slot.tie(isCaught ? new Proxy(this, catchFields(state)) : this, state);
  }

  /** @internal */
  get [CONTAINER](): ModelState {
    return Slot.stateOf(this) as ModelState;
  }
}

/** How instances of one model class are made. */
interface Shape {
  /** Makes an object with the prototype of the class, without running its constructor. */
  readonly Allocate: new () => object;
  /** The compiler defines class fields on the instance, where they hide the properties of the prototype. */
  readonly definesFields: boolean;
  /** Fields that a constructor assigns once, before the instance is handed out. */
  readonly initialised: readonly string[];
}

const shapes = new WeakMap<ModelClass, Shape>();

/** Makes the instance of a state that was loaded or built. */
export function instanceFor(state: ModelState): ModelBase {
  const { model, needsConstructor, fields } = state.schema;
  const { Allocate } = shapeOf(state.schema);
  if (!needsConstructor) return Slot.tie(new Allocate(), state);
  const instance = constructBare(model) as unknown as ModelBase;
  // The last field defined is removed first: so the engine keeps the object's fast form.
  for (let index = fields.length - 1; index >= 0; index -= 1) Reflect.deleteProperty(instance, fields[index]?.name as string);
  return Slot.tie(instance, state);
}

/** Readies the state of an instance whose constructor the user called; tells whether its class fields have to be caught. */
export function prepareConstruction(state: ModelState): boolean {
  const { definesFields, initialised } = shapeOf(state.schema);
  if (!definesFields && initialised.length > 0) state.ignoreOnce = new Set(initialised);
  return definesFields;
}

/** Class fields have run once already to learn their values, so what the constructor defines now is dropped. */
function catchFields(state: ModelState): ProxyHandler<ModelBase> {
  return {
    defineProperty: (instance, name, descriptor) =>
      (typeof name === 'string' && state.schema.byName.has(name)) || Reflect.defineProperty(instance, name, descriptor),
  };
}

function shapeOf(schema: ModelSchema): Shape {
  let shape = shapes.get(schema.model);
  if (shape === undefined) shapes.set(schema.model, (shape = prepare(schema)));
  return shape;
}

/** Puts a property for each field on the prototype, and finds out how the class was compiled. */
function prepare({ model, fields }: ModelSchema): Shape {
  for (const field of fields) {
    Object.defineProperty(model.prototype, field.name, {
      configurable: true,
      enumerable: true,
      get(this: ModelBase) {
        return Slot.stateOf(this)?.read(field);
      },
      set(this: ModelBase, value: unknown) {
        const state = Slot.stateOf(this);
        // Without a state the constructor is only run to see what it makes.
        if (state === undefined) Object.defineProperty(this, field.name, { value, writable: true, enumerable: true, configurable: true });
        else if (state.ignoreOnce?.delete(field.name) !== true) state.assign(field, value);
      },
    });
  }
  const bare = constructBare(model);
  const own = fields.map(({ name }) => name).filter((name) => Object.hasOwn(bare, name));
  return {
    Allocate: allocatorOf(model),
    definesFields: own.some((name) => bare[name] === undefined) || isDefined(own, model),
    initialised: own.filter((name) => bare[name] !== undefined),
  };
}

function allocatorOf(model: ModelClass): Shape['Allocate'] {
  const allocate = function allocate(): void {
    // Only its prototype is used.
  };
  allocate.prototype = model.prototype;
  return allocate as unknown as Shape['Allocate'];
}

/** Tells class fields that are defined from ones that are assigned: an assignment calls a setter of the prototype. */
function isDefined(names: readonly string[], model: ModelClass): boolean {
  if (names.length === 0) return false;
  const assigned = new Set<string>();
  const prototype = Object.create(model.prototype) as object;
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      set: () => {
        assigned.add(name);
      },
    });
  }
  const watching = function watching(): void {
    // Only its prototype is used.
  };
  watching.prototype = prototype;
  Reflect.construct(model, [BARE], watching);
  return names.some((name) => !assigned.has(name));
}
