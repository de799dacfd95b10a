import type * as ClassValidator from 'class-validator';
import { ValidationError, type ValueProblem } from '../errors/codec';
import { SchemaError } from '../errors/definition';
import type { ModelState } from '../field/model-state';
import { promised } from '../executor/promised';
import { toPlainObject } from './plain-view';

interface MetadataStorage {
  getTargetValidationMetadatas(target: object, schema: string, always: boolean, strictGroups: boolean): readonly unknown[];
}

/** class-validator keeps its rules in one place for the whole process; without that place nobody has decorated anything. */
function hasRules(model: object): boolean {
  const storage = (globalThis as { classValidatorMetadataStorage?: MetadataStorage }).classValidatorMetadataStorage;
  return storage !== undefined && storage.getTargetValidationMetadatas(model, '', false, false).length > 0;
}

/** A bundler that finds no such package goes on because of the `try`. */
function classValidator(model: string): typeof ClassValidator {
  try {
    return require('class-validator') as typeof ClassValidator;
  } catch (cause) {
    throw new SchemaError(model, [
      `it has rules of class-validator, which redatom cannot load: install it beside redatom (${String(cause)})`,
    ]);
  }
}

/** What the rules see: the plain values of the instance under its class. */
function carrierOf(state: ModelState, patch: object): object {
  return Object.assign(Object.create({ constructor: state.schema.model }) as object, toPlainObject(state), patch);
}

/**
 * Runs the class-validator rules of a model, if it has any, and writes then. Without rules it writes now, so verbs reach Redis in the order in which
 * they were started.
 *
 * @throws {@link ValidationError} lists every broken rule.
 */
export function whenValid<R>({ state, patch = {} }: Checked, write: () => Promise<R>): Promise<R> {
  return hasRules(state.schema.model) ? runRules(state, patch).then(write) : promised(write);
}

/** Runs the rules of several documents, one after the other. */
export async function requireValid(states: readonly ModelState[]): Promise<void> {
  for (const state of states) if (hasRules(state.schema.model)) await runRules(state, {});
}

async function runRules(state: ModelState, patch: object): Promise<void> {
  const { validate } = classValidator(state.schema.name);
  refuse(state, await validate(carrierOf(state, patch)));
}

/** Whose rules are run, and the values that it is to have then. */
interface Checked {
  readonly state: ModelState;
  readonly patch?: object;
}

/** The same for changes that do not wait; asynchronous rules are left to the next write. */
export function validateRulesNow(state: ModelState, patch: object): void {
  const { model } = state.schema;
  if (!hasRules(model)) return;
  const { validateSync } = classValidator(state.schema.name);
  refuse(state, validateSync(carrierOf(state, patch)));
}

function refuse(state: ModelState, errors: readonly ClassValidator.ValidationError[]): void {
  if (errors.length === 0) return;
  throw new ValidationError(errors.flatMap(problemsOf), { model: state.schema.name, key: state.root.key });
}

function problemsOf({ property, constraints = {}, value, children = [] }: ClassValidator.ValidationError): ValueProblem[] {
  const own = Object.values(constraints).map((message) => ({
    field: property,
    expected: message,
    found: JSON.stringify(value) ?? 'nothing',
  }));
  return [...own, ...children.flatMap(problemsOf).map((problem) => ({ ...problem, field: `${property}.${problem.field}` }))];
}
