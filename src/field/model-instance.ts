import { oncePer } from '../memo/once-per';
import type { ModelClass, ModelSchema } from '../schema/model-schema';
import { constructBare } from '../schema/probe';
import { CONTAINER } from './container';
import type { ModelState } from './model-state';
import { tie, tiedTo } from './tie';

/** The base of every model instance. */
export class ModelBase {
  /** @param isCaught - The user called the constructor of a class that defines its fields, which would hide the properties of the model. */
  constructor(state: ModelState | undefined, isCaught: boolean) {
    if (state === undefined) return;
    return tie(isCaught ? new Proxy(this, catchFields(state)) : this, state);
  }

  /** @internal */
  get [CONTAINER](): ModelState {
    return tiedTo(this) as ModelState;
  }
}

/** How instances of one model class are made. */
interface Shape {
  /** Makes an object with the prototype of the class, without running its constructor. */
  readonly Allocate: new () => object;
  /** The compiler defines class fields on the instance, where they hide the properties of the prototype. */
  readonly definesFields: boolean;
  /** How often the constructor assigns each field, before the instance is handed out. */
  readonly assignments: ReadonlyMap<string, number>;
}

/** Makes the instance of a state that was loaded or built. */
export function instanceFor(state: ModelState): ModelBase {
  const { model, needsConstructor, fields } = state.schema;
  const { Allocate } = shapeOf(state.schema);
  if (!needsConstructor) return tie(new Allocate() as ModelBase, state);
  const instance = constructBare(model) as unknown as ModelBase;
  // Fields are removed in reverse order, so that V8 keeps the fast form of the object.
  for (let index = fields.length - 1; index >= 0; index -= 1) Reflect.deleteProperty(instance, fields[index]?.name as string);
  return tie(instance, state);
}

/** Prepares the state of an instance whose constructor the user called. Returns whether its class fields have to be caught. */
export function prepareConstruction(state: ModelState): boolean {
  const { definesFields, assignments } = shapeOf(state.schema);
  if (assignments.size > 0) state.ignored = new Map(assignments);
  return definesFields;
}

/** The class fields have already run once to get their values, so what the constructor defines now is dropped. */
function catchFields(state: ModelState): ProxyHandler<ModelBase> {
  return {
    defineProperty: (instance, name, descriptor) =>
      (typeof name === 'string' && state.schema.byName.has(name)) || Reflect.defineProperty(instance, name, descriptor),
  };
}

/** Puts a property for each field on the prototype, and finds out how the class was compiled. */
const shapeOf = oncePer(({ model, fields }: ModelSchema): Shape => {
  for (const field of fields) {
    Object.defineProperty(model.prototype, field.name, {
      configurable: true,
      enumerable: true,
      get(this: ModelBase) {
        return (tiedTo(this) as ModelState | undefined)?.read(field);
      },
      set(this: ModelBase, value: unknown) {
        const state = tiedTo(this) as ModelState | undefined;
        // Without a state, the constructor runs only to show what it assigns.
        if (state === undefined) Object.defineProperty(this, field.name, { value, writable: true, enumerable: true, configurable: true });
        else if (!state.ignores(field.name)) state.assign(field, value);
      },
    });
  }
  const assignments = countAssignments(model, fields);
  const bare = constructBare(model);
  return {
    Allocate: allocatorOf(model),
    definesFields: fields.some(({ name }) => Object.hasOwn(bare, name) && !assignments.has(name)),
    assignments,
  };
});

function allocatorOf(model: ModelClass): Shape['Allocate'] {
  const allocate = function allocate(): void {
    // Only its prototype is used.
  };
  allocate.prototype = model.prototype;
  return allocate as unknown as Shape['Allocate'];
}

/** Fields that the constructor assigns, with how often: an assignment calls a setter of the prototype, a definition does not. */
function countAssignments(model: ModelClass, fields: ModelSchema['fields']): Map<string, number> {
  const assignments = new Map<string, number>();
  const prototype = Object.create(model.prototype) as object;
  for (const { name } of fields) {
    let current: unknown = undefined;
    Object.defineProperty(prototype, name, {
      get: () => current,
      set: (value: unknown) => {
        current = value;
        assignments.set(name, (assignments.get(name) ?? 0) + 1);
      },
    });
  }
  const watching = function watching(): void {
    // Only its prototype is used.
  };
  watching.prototype = prototype;
  constructBare(model, watching);
  return assignments;
}
