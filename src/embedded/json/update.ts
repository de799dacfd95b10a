import type { JsonDocument } from './document';
import { findLocated, type Place } from './evaluate';
import { compilePath, type Step } from './path';
import { cloneValue, JsonObject, type JsonValue } from './value';

/** A value to replace, or a member to add to an object. */
export type Target =
  { readonly kind: 'replace'; readonly place: Place } | { readonly kind: 'add'; readonly place: Place; readonly name: string };

/** Why a path cannot be written to; the caller words the message. */
export type TargetFault = 'not static' | 'no last step' | 'index out of range';

export class TargetError extends Error {
  override readonly name = 'TargetError';

  constructor(readonly fault: TargetFault) {
    super(fault);
  }
}

/** What a write to the path changes: the existing values, or else the one member that it adds. */
export function findTargets(root: JsonValue, path: string, only?: 'existing' | 'missing'): Target[] {
  if (only !== 'missing') {
    const found = findLocated(root, path);
    if (found.length > 0) return found.map(({ place }) => ({ kind: 'replace', place }));
  }
  return only === 'existing' ? [] : findAdditions(root, path);
}

function findAdditions(root: JsonValue, path: string): Target[] {
  const steps = compilePath(path);
  if (!steps.every(isSingle)) throw new TargetError('not static');
  const last = steps[steps.length - 1];
  if (last === undefined) throw new TargetError('no last step');
  if (last.kind === 'indexes') {
    if (findLocated(root, path).length === 0) throw new TargetError('index out of range');
    return [];
  }
  const name = last.kind === 'names' ? (last.names[0]?.raw ?? '') : (last as Step & { kind: 'name' }).name;
  return findLocated(root, steps.slice(0, -1)).map(({ place }) => ({ kind: 'add', place, name }));
}

function isSingle(step: Step): boolean {
  if (step.kind === 'names') return step.names.length === 1;
  return step.kind === 'name' || (step.kind === 'indexes' && step.indexes.length === 1);
}

/**
 * Puts the value at each target.
 *
 * @returns whether anything changed.
 */
export function writeTargets(document: JsonDocument, targets: readonly Target[], value: JsonValue): boolean {
  return changeTargets(document, targets, { value, replace: (_, copy) => copy });
}

/** Merges the value into each target (RFC 7396); an added member gets the value as it is. */
export function mergeTargets(document: JsonDocument, targets: readonly Target[], value: JsonValue): boolean {
  return changeTargets(document, targets, { value, replace: merged });
}

function changeTargets(
  document: JsonDocument,
  targets: readonly Target[],
  { value, replace }: { readonly value: JsonValue; readonly replace: (present: JsonValue, copy: JsonValue) => JsonValue },
): boolean {
  let changed = false;
  for (const target of targets) {
    const copy = targets.length === 1 ? value : cloneValue(value);
    const done =
      target.kind === 'add' ? addMember(document, target, copy) : document.change(target.place, (present) => replace(present, copy));
    changed = done || changed;
  }
  return changed;
}

function addMember(document: JsonDocument, target: Target & { kind: 'add' }, value: JsonValue): boolean {
  let added = false;
  document.change(target.place, (parent) => {
    if (parent instanceof JsonObject && !parent.members.has(target.name)) {
      parent.set(target.name, value);
      added = true;
    }
    return parent;
  });
  return added;
}

export function merged(value: JsonValue, patch: JsonValue): JsonValue {
  if (!(patch instanceof JsonObject)) return cloneValue(patch);
  const target = value instanceof JsonObject ? value : new JsonObject();
  for (const [name, member] of patch.members) {
    if (member === null) target.remove(name);
    else target.set(name, merged(target.members.get(name) ?? null, member));
  }
  return target;
}
