import type * as ClassValidator from 'class-validator';
import { Mismatch, type Misfit } from '../codec/codec';
import { describe } from '../input/describe';
import { SchemaError } from '../errors/definition';
import type { ModelState } from '../field/model-state';
import { deadlineOf } from '../async/time-left';
import type { CallOptions } from '../input/call-options';
import type { PathSegment } from '../path/json-path';
import type { ModelSchema } from '../schema/model-schema';
import { openPipelineOf } from '../scope/dispatch';
import { ruleCarrierOf, withValues, type NewValue } from './rule-carrier';

interface Rule {
  readonly type: string;
  readonly propertyName: string;
}

interface MetadataStorage {
  getTargetValidationMetadatas(target: object, schema: string, always: boolean, strictGroups: boolean): readonly Rule[];
}

/** class-validator keeps its rules in one object for the whole process. Without that object, nothing has been decorated. */
function rulesOf(model: object): readonly Rule[] {
  const storage = (globalThis as { classValidatorMetadataStorage?: MetadataStorage }).classValidatorMetadataStorage;
  return storage?.getTargetValidationMetadatas(model, '', false, false) ?? [];
}

/** Whether a class, or one that it extends, has rules. */
export function hasRules(model: object): boolean {
  return rulesOf(model).length > 0;
}

/** The `try` lets bundlers go on when the package is not installed. */
function classValidator(model: string): typeof ClassValidator {
  try {
    return require('class-validator') as typeof ClassValidator;
  } catch (cause) {
    throw new SchemaError(model, [
      `it has rules of class-validator, which redatom cannot load: install it beside redatom (${String(cause)})`,
    ]);
  }
}

/** The fields were checked already, so a nested object without rules is valid, and not an unknown one. */
const VALIDATION = { forbidUnknownValues: false };

/** The object that the rules see, with the values that are to be written. */
function subjectOf(state: ModelState, values: readonly NewValue[]): object {
  const { name } = state.schema;
  if (state.root.isUnread) throw new TypeError(`the rules of ${name} look at the whole document, and it was not read; get() it first`);
  return ruleCarrierOf(withValues(state, values), nestedIn);
}

function nestedIn({ model }: ModelSchema): ReadonlySet<string> {
  return new Set(rulesOf(model).flatMap(({ type, propertyName }) => (type === 'nestedValidation' ? [propertyName] : [])));
}

/**
 * Runs the class-validator rules of a model, if it has any, and writes then what cannot have changed since. Without rules it writes now, so verbs reach Redis in
 * the order in which they were started; in a pipeline, too, where rules that take time are left to the commit.
 *
 * @throws {@link ValidationError} lists every broken rule.
 */
export function whenValid<R>({ state, values, call }: CheckedCall, write: (left: CallOptions | undefined) => Promise<R>): Promise<R> {
  if (!hasRules(state.schema.model)) return write(call);
  const scope = openPipelineOf(state.root);
  if (scope !== undefined) {
    runRulesNow(state, values);
    scope.checkLater(state.root, state);
    return write(call);
  }
  const left = deadlineOf(call);
  return validated(state, values).then(() => write(left()));
}

/** Runs the rules of several documents, one after the other. */
export async function requireValid(states: readonly ModelState[]): Promise<void> {
  for (const state of states) {
    const running = runRules(state);
    // Awaiting costs time even when there is nothing to wait for, and most classes have no rules.
    if (running !== undefined) await running;
  }
}

/** Runs the rules of a model on an instance; undefined when it has none. */
export function runRules(state: ModelState): Promise<void> | undefined {
  return hasRules(state.schema.model) ? validated(state) : undefined;
}

async function validated(state: ModelState, values: readonly NewValue[] = []): Promise<void> {
  const { validate } = classValidator(state.schema.name);
  refuse(state, await validate(subjectOf(state, values), VALIDATION));
}

/** The instance whose rules run, the values that are to be written, and the limits of the call. */
interface CheckedCall {
  readonly state: ModelState;
  readonly values?: readonly NewValue[];
  readonly call?: CallOptions | undefined;
}

/** The same for synchronous changes; asynchronous rules run with the next write. */
export function runRulesNow(state: ModelState, values: readonly NewValue[] = []): void {
  const { model } = state.schema;
  if (!hasRules(model)) return;
  const { validateSync } = classValidator(state.schema.name);
  refuse(state, validateSync(subjectOf(state, values), VALIDATION));
}

function refuse(state: ModelState, errors: readonly ClassValidator.ValidationError[]): void {
  if (errors.length > 0) throw state.inHere(new Mismatch(errors.flatMap((error) => misfitsOf(error, [error.property]))));
}

function misfitsOf({ constraints = {}, value, children = [] }: ClassValidator.ValidationError, segments: PathSegment[]): Misfit[] {
  const own = Object.entries(constraints).map(([rule, message]) => ({
    // A fresh list for each, because callers prepend the path to it.
    segments: [...segments],
    expected: `to pass ${rule} (${message})`,
    found: describe(value),
  }));
  const within = children.flatMap((child) =>
    misfitsOf(child, [...segments, Array.isArray(value) ? Number(child.property) : child.property]),
  );
  return [...own, ...within];
}
