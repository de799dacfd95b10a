import { filterHolds } from './filter';
import { compilePath, type Step } from './path';
import { JsonArray, JsonObject, type JsonValue } from './value';

/** Member names and array indexes from the root to a value. */
export type Place = readonly (string | number)[];

export interface Located {
  readonly value: JsonValue;
  readonly place: Place;
}

/** The values that the path selects, in the order in which the path reaches them. */
export function findValues(root: JsonValue, path: string): JsonValue[] {
  return selectValues(compilePath(path), root);
}

/** The values that the path selects, with their places for a later write. */
export function findLocated(root: JsonValue, path: string | readonly Step[]): Located[] {
  const found: Located[] = [];
  const visit: Visit = (value, trail) => void found.push({ value, place: placeOf(trail) });
  const steps = typeof path === 'string' ? compilePath(path) : path;
  walk({ steps, root, locating: true, visit }, 0, { value: root, trail: undefined });
  return found;
}

function selectValues(steps: readonly Step[], start: JsonValue): JsonValue[] {
  const found: JsonValue[] = [];
  walk({ steps, root: start, locating: false, visit: (value) => void found.push(value) }, 0, { value: start, trail: undefined });
  return found;
}

type Visit = (value: JsonValue, trail: Trail | undefined) => void;

/** The way to a value, linked backwards so that branches share their beginning. */
interface Trail {
  readonly parent: Trail | undefined;
  readonly token: string | number;
}

interface Walk {
  readonly steps: readonly Step[];
  readonly root: JsonValue;
  readonly locating: boolean;
  readonly visit: Visit;
}

interface Node {
  readonly value: JsonValue;
  readonly trail: Trail | undefined;
}

function placeOf(trail: Trail | undefined): Place {
  const tokens: (string | number)[] = [];
  for (let current = trail; current !== undefined; current = current.parent) tokens.push(current.token);
  return tokens.reverse();
}

function walk(task: Walk, index: number, node: Node): void {
  const { end, reached } = followSingleSteps(task, index, node);
  if (reached === undefined) return;
  const step = task.steps[end];
  if (step === undefined) {
    task.visit(reached.value, reached.trail);
    return;
  }
  if (step.kind === 'filter') {
    walkFiltered(task, end, reached);
    return;
  }
  if (step.kind === 'descent') {
    walk(task, end + 1, reached);
    descend(task, end + 1, reached);
    return;
  }
  eachSelected(step, reached.value, {
    locating: task.locating,
    next: (value, token) => walk(task, end + 1, childOf(task, reached, { value, token })),
  });
}

interface Child {
  readonly value: JsonValue;
  readonly token: string | number;
}

function childOf(task: Walk, parent: Node, child: Child): Node {
  return { value: child.value, trail: task.locating ? { parent: parent.trail, token: child.token } : undefined };
}

/** Follows steps that select at most one value without recursion; most paths consist only of such steps. */
function followSingleSteps(task: Walk, index: number, node: Node): { readonly end: number; readonly reached: Node | undefined } {
  let reached: Node | undefined = node;
  let end = index;
  for (; end < task.steps.length && reached !== undefined; end += 1) {
    const child = singleChild(task.steps[end] as Step, reached.value, task.locating);
    if (child === null) break;
    reached = child && childOf(task, reached, child);
  }
  return { end, reached };
}

/** The only child that the step can select, undefined when there is none, null when the step may select several. */
function singleChild(step: Step, value: JsonValue, locating: boolean): Child | undefined | null {
  switch (step.kind) {
    case 'name':
      return memberOf(value, { name: step.name, token: step.name });
    case 'names': {
      const [name, ...more] = step.names;
      if (name === undefined || more.length > 0) return null;
      return memberOf(value, { name: locating ? name.located : name.read, token: name.raw });
    }
    case 'indexes':
      return step.indexes.length > 1 ? null : itemOf(value, step.indexes[0] as number);
    default:
      return null;
  }
}

function memberOf(value: JsonValue, { name, token }: { readonly name: string; readonly token: string }): Child | undefined {
  const member = value instanceof JsonObject ? value.members.get(name) : undefined;
  return member === undefined ? undefined : { value: member, token };
}

function itemOf(value: JsonValue, index: number): Child | undefined {
  if (!(value instanceof JsonArray)) return undefined;
  const token = absoluteIndex(index, value.items.length);
  const item = value.items[token];
  return item === undefined ? undefined : { value: item, token };
}

function absoluteIndex(index: number, length: number): number {
  return index >= 0 ? Math.min(index, length) : Math.max(index + length, 0);
}

type Next = (value: JsonValue, token: string | number) => void;

function eachChild(value: JsonValue, next: Next): void {
  if (value instanceof JsonArray) value.items.forEach(next);
  else if (value instanceof JsonObject) value.members.forEach(next);
}

function eachSelected(step: Step, value: JsonValue, how: { readonly locating: boolean; readonly next: Next }): void {
  const pass = (child: Child | undefined): void => {
    if (child !== undefined) how.next(child.value, child.token);
  };
  if (step.kind === 'all') eachChild(value, how.next);
  if (step.kind === 'names') {
    for (const name of step.names) pass(memberOf(value, { name: how.locating ? name.located : name.read, token: name.raw }));
  }
  if (step.kind === 'indexes') for (const index of step.indexes) pass(itemOf(value, index));
  if (step.kind === 'range' && value instanceof JsonArray) {
    const { length } = value.items;
    const end = step.end === undefined ? length : absoluteIndex(step.end, length);
    for (let index = absoluteIndex(step.start, length); index < end; index += step.step) pass(itemOf(value, index));
  }
}

function descend(task: Walk, index: number, node: Node): void {
  eachChild(node.value, (value, token) => {
    const child = childOf(task, node, { value, token });
    walk(task, index, child);
    descend(task, index, child);
  });
}

/** Members of an object that pass a filter are located by their position, not their name: a quirk of the server. */
function walkFiltered(task: Walk, index: number, node: Node): void {
  const step = task.steps[index] as Step & { kind: 'filter' };
  const holds = (value: JsonValue): boolean => filterHolds(step.filter, { current: value, root: task.root, select: selectValues });
  const children = childrenOf(node.value);
  if (children === undefined) {
    if (holds(node.value)) walk(task, index + 1, node);
    return;
  }
  children.forEach((value, token) => {
    if (holds(value)) walk(task, index + 1, childOf(task, node, { value, token }));
  });
}

function childrenOf(value: JsonValue): readonly JsonValue[] | undefined {
  if (value instanceof JsonArray) return value.items;
  return value instanceof JsonObject ? [...value.members.values()] : undefined;
}
