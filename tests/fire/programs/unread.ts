import type { DocumentAt, ModelAt, PlainModel } from 'redatom';
import { SPARE, type Plan, type Task } from '../../support/plan';

/** A task as plain data, with all members. */
export interface TaskTwin {
  tries: number;
  state: string;
  log: string[];
  costs: Record<string, number>;
  fallback: TaskTwin | null;
}

export interface PlanTwin {
  runs: number;
  notes: string[] | null;
  tasks: Record<string, TaskTwin>;
  drafts: Record<string, TaskTwin | null>;
  groups: Record<string, string[]>;
  stages: Record<string, Record<string, TaskTwin>>;
  first: TaskTwin;
  last: TaskTwin | null;
  spare: TaskTwin;
}

type Stored<T> = { [K in keyof T]?: unknown } | null;

/** Adds the defaults of what an older document lacks. */
export function wholeTask(stored: Stored<TaskTwin>): TaskTwin | null {
  if (stored === null) return null;
  const { tries = 0, state = 'new', log = [], costs = {}, fallback = null } = stored as Partial<TaskTwin>;
  return { tries, state, log, costs, fallback: wholeTask(fallback) };
}

function mapped<A, B>(members: Record<string, A>, whole: (member: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, whole(member)]));
}

export function wholePlan(stored: Stored<PlanTwin>): PlanTwin {
  const {
    runs = 0,
    notes = null,
    tasks = {},
    drafts = {},
    groups = {},
    stages = {},
    first = {},
    last = null,
    spare = SPARE,
  } = stored as Partial<PlanTwin>;
  return {
    runs,
    notes,
    tasks: mapped(tasks, (task) => wholeTask(task) as TaskTwin),
    drafts: mapped(drafts, wholeTask),
    groups,
    stages: mapped(stages, (stage) => mapped(stage, (task) => wholeTask(task) as TaskTwin)),
    first: wholeTask(first) as TaskTwin,
    last: wholeTask(last),
    spare: wholeTask(spare) as TaskTwin,
  };
}

/** Says that a verb is to be refused, because its place is missing or does not fit. */
export class Refused extends Error {}

function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Refused();
  return value;
}

type TaskAt = ModelAt<Task, PlainModel<Task> | null>;
type PlanAt = DocumentAt<Plan>;

/** What is random about a step. */
export interface Draw {
  readonly name: 'a' | 'b';
  readonly inner: 'a' | 'b';
  readonly n: number;
}

/** A verb of a document that was not read, and what it does to plain data or reads from it. */
interface Step<At, Twin> {
  readonly name: string;
  readonly run: (at: At, draw: Draw) => Promise<unknown>;
  readonly plain: (twin: Twin, draw: Draw) => unknown;
}

const fresh = (): TaskTwin => wholeTask({}) as TaskTwin;

function setAt(items: string[], index: number, item: string): void {
  if (!(index in items)) throw new Refused();
  items[index] = item;
}

function adjust(task: TaskTwin, by: number): void {
  if (task.tries + by < 0) throw new Refused();
  task.tries += by;
}

const TASK_STEPS: readonly Step<TaskAt, TaskTwin>[] = [
  { name: 'increase', run: ({ tries }, { n }) => tries.increase(n), plain: (task, { n }) => (task.tries += n) },
  { name: 'adjust', run: ({ tries }, { n }) => tries.adjust(-n, { min: 0 }), plain: (task, { n }) => adjust(task, -n) },
  { name: 'text aappend', run: ({ state }) => state.aappend('!'), plain: (task) => (task.state += '!') },
  { name: 'log aappend', run: ({ log }, { inner }) => log.aappend(inner), plain: ({ log }, { inner }) => log.push(inner) },
  { name: 'log aset', run: ({ log }) => log.aset(0, 'set'), plain: ({ log }) => setAt(log, 0, 'set') },
  {
    name: 'log aset from the end',
    run: ({ log }, { n }) => log.aset(-n - 1, 'set'),
    plain: ({ log }, { n }) => setAt(log, log.length - n - 1, 'set'),
  },
  { name: 'log atrim', run: ({ log }) => log.atrim(-1), plain: (task) => (task.log = task.log.slice(-1)) },
  { name: 'log aclear', run: ({ log }) => log.aclear(), plain: (task) => (task.log = []) },
  {
    name: 'costs asetItem',
    run: ({ costs }, { inner, n }) => costs.asetItem(inner, n),
    plain: ({ costs }, { inner, n }) => (costs[inner] = n),
  },
  {
    name: 'costs aincrease',
    run: ({ costs }, { inner, n }) => costs.aincrease(inner, n),
    plain: ({ costs }, { inner, n }) => (costs[inner] = (costs[inner] ?? 0) + n),
  },
  {
    name: 'costs adelItem',
    run: ({ costs }, { inner }) => costs.adelItem(inner),
    plain: ({ costs }, { inner }) => Reflect.deleteProperty(costs, inner),
  },
  {
    name: 'aupdate',
    run: (task, { n }) => task.aupdate({ tries: n, log: ['new'] }),
    plain: (task, { n }) => Object.assign(task, { tries: n, log: ['new'] }),
  },
  { name: 'aupdate to null', run: (task) => task.aupdate({ fallback: null }), plain: (task) => (task.fallback = null) },
  { name: 'aupdate to one', run: (task) => task.aupdate({ fallback: {} }), plain: (task) => (task.fallback = fresh()) },
];

/** Where tasks are. */
const PLACES: readonly {
  name: string;
  at: (plan: PlanAt, draw: Draw) => TaskAt;
  twin: (plan: PlanTwin, draw: Draw) => TaskTwin | null | undefined;
}[] = [
  { name: 'first', at: ({ first }) => first, twin: ({ first }) => first },
  { name: 'last', at: ({ last }) => last, twin: ({ last }) => last },
  { name: 'spare', at: ({ spare }) => spare, twin: ({ spare }) => spare },
  { name: 'the fallback of spare', at: ({ spare }) => spare.fallback, twin: ({ spare }) => spare.fallback },
  { name: 'the fallback of first', at: ({ first }) => first.fallback, twin: ({ first }) => first.fallback },
  { name: 'the fallback of last', at: ({ last }) => last.fallback, twin: ({ last }) => last?.fallback },
  { name: 'tasks', at: ({ tasks }, { name }) => tasks.at(name), twin: ({ tasks }, { name }) => tasks[name] },
  { name: 'drafts', at: ({ drafts }, { name }) => drafts.at(name), twin: ({ drafts }, { name }) => drafts[name] },
  {
    name: 'the fallback of tasks',
    at: ({ tasks }, { name }) => tasks.at(name).fallback,
    twin: ({ tasks }, { name }) => tasks[name]?.fallback,
  },
  {
    name: 'stages',
    at: ({ stages }, { name, inner }) => stages.at(name).at(inner),
    twin: ({ stages }, { name, inner }) => stages[name]?.[inner],
  },
];

const PLAN_STEPS: readonly Step<PlanAt, PlanTwin>[] = [
  { name: 'increase', run: ({ runs }) => runs.increase(), plain: (plan) => (plan.runs += 1) },
  { name: 'notes aappend', run: ({ notes }) => notes.aappend('x'), plain: ({ notes }) => there(notes).push('x') },
  { name: 'notes to null', run: (plan) => plan.aupdate({ notes: null }), plain: (plan) => (plan.notes = null) },
  { name: 'notes to a list', run: (plan) => plan.aupdate({ notes: ['y'] }), plain: (plan) => (plan.notes = ['y']) },
  { name: 'last to null', run: (plan) => plan.aupdate({ last: null }), plain: (plan) => (plan.last = null) },
  {
    name: 'last and first to new ones',
    run: (plan) => plan.aupdate({ last: {}, first: {} }),
    plain: (plan) => Object.assign(plan, { last: fresh(), first: fresh() }),
  },
  { name: 'tasks to none', run: (plan) => plan.aupdate({ tasks: {} }), plain: (plan) => (plan.tasks = {}) },
  {
    name: 'tasks asetItem',
    run: ({ tasks }, { name, n }) => tasks.asetItem(name, { tries: n }),
    plain: ({ tasks }, { name, n }) => (tasks[name] = { ...fresh(), tries: n }),
  },
  {
    name: 'tasks adelItem',
    run: ({ tasks }, { name }) => tasks.adelItem(name),
    plain: ({ tasks }, { name }) => Reflect.deleteProperty(tasks, name),
  },
  { name: 'tasks aclear', run: ({ tasks }) => tasks.aclear(), plain: (plan) => (plan.tasks = {}) },
  {
    name: 'drafts to null',
    run: ({ drafts }, { name }) => drafts.asetItem(name, null),
    plain: ({ drafts }, { name }) => (drafts[name] = null),
  },
  {
    name: 'drafts aupdate',
    run: ({ drafts }) => drafts.aupdate({ a: {}, b: null }),
    plain: ({ drafts }) => Object.assign(drafts, { a: fresh(), b: null }),
  },
  {
    name: 'groups asetItem',
    run: ({ groups }, { name }) => groups.asetItem(name, ['g']),
    plain: ({ groups }, { name }) => (groups[name] = ['g']),
  },
  {
    name: 'group aappend',
    run: ({ groups }, { name }) => groups.at(name).aappend('h'),
    plain: ({ groups }, { name }) => there(groups[name]).push('h'),
  },
  {
    name: 'group aset',
    run: ({ groups }, { name }) => groups.at(name).aset(-1, 'i'),
    plain: ({ groups }, { name }) => setAt(there(groups[name]), there(groups[name]).length - 1, 'i'),
  },
  {
    name: 'stages asetItem',
    run: ({ stages }, { name, inner }) => stages.asetItem(name, { [inner]: {} }),
    plain: ({ stages }, { name, inner }) => (stages[name] = { [inner]: fresh() }),
  },
  {
    name: 'stage asetItem',
    run: ({ stages }, { name, inner }) => stages.at(name).asetItem(inner, {}),
    plain: ({ stages }, { name, inner }) => (there(stages[name])[inner] = fresh()),
  },
  {
    name: 'stage adelItem',
    run: ({ stages }, { name, inner }) => stages.at(name).adelItem(inner),
    plain: ({ stages }, { name, inner }) => Reflect.deleteProperty(there(stages[name]), inner),
  },
  {
    name: 'stage aclear',
    run: ({ stages }, { name }) => stages.at(name).aclear(),
    plain: ({ stages }, { name }) => (there(stages[name]), (stages[name] = {})),
  },
];

export const STEPS: readonly Step<PlanAt, PlanTwin>[] = [
  ...PLAN_STEPS,
  ...PLACES.flatMap(({ name, at, twin }) =>
    TASK_STEPS.map((step): Step<PlanAt, PlanTwin> => ({
      name: `${step.name} of ${name}`,
      run: (plan, draw) => step.run(at(plan, draw), draw),
      plain: (plan, draw) => step.plain(there(twin(plan, draw)), draw),
    })),
  ),
];

const TASK_READS: readonly Step<TaskAt, TaskTwin>[] = [
  { name: 'fields', run: (task) => task.load(['fallback', 'tries']), plain: ({ fallback, tries }) => ({ fallback, tries }) },
  { name: 'tries', run: ({ tries }) => tries.load(), plain: ({ tries }) => tries },
  { name: 'state', run: ({ state }) => state.load(), plain: ({ state }) => state },
  { name: 'log', run: ({ log }) => log.load(), plain: ({ log }) => log },
  { name: 'log from', run: ({ log }, { n }) => log.aslice(n), plain: ({ log }, { n }) => log.slice(n) },
  { name: 'log up to', run: ({ log }, { n }) => log.aslice(-2, -n), plain: ({ log }, { n }) => log.slice(-2, -n) },
  { name: 'log length', run: ({ log }) => log.alength(), plain: ({ log }) => log.length },
  { name: 'costs', run: ({ costs }) => costs.load(), plain: ({ costs }) => costs },
  { name: 'cost', run: ({ costs }, { inner }) => costs.aget(inner), plain: ({ costs }, { inner }) => costs[inner] },
  { name: 'names of costs', run: async ({ costs }) => (await costs.akeys()).sort(), plain: ({ costs }) => Object.keys(costs).sort() },
];

const PLAN_READS: readonly Step<PlanAt, PlanTwin>[] = [
  { name: 'fields', run: (plan) => plan.load(['spare', 'runs', 'notes']), plain: ({ spare, runs, notes }) => ({ spare, runs, notes }) },
  { name: 'notes', run: ({ notes }) => notes.load(), plain: ({ notes }) => notes },
  { name: 'notes from', run: ({ notes }, { n }) => notes.aslice(n), plain: ({ notes }, { n }) => there(notes).slice(n) },
  { name: 'notes length', run: ({ notes }) => notes.alength(), plain: ({ notes }) => there(notes).length },
  { name: 'tasks', run: ({ tasks }) => tasks.load(), plain: ({ tasks }) => tasks },
  { name: 'task', run: ({ tasks }, { name }) => tasks.aget(name), plain: ({ tasks }, { name }) => tasks[name] },
  { name: 'names of tasks', run: async ({ tasks }) => (await tasks.akeys()).sort(), plain: ({ tasks }) => Object.keys(tasks).sort() },
  { name: 'draft', run: ({ drafts }, { name }) => drafts.aget(name), plain: ({ drafts }, { name }) => drafts[name] },
  { name: 'group', run: ({ groups }, { name }) => groups.at(name).load(), plain: ({ groups }, { name }) => there(groups[name]) },
  {
    name: 'end of a group',
    run: ({ groups }, { name, n }) => groups.at(name).aslice(-1 - n),
    plain: ({ groups }, { name, n }) => there(groups[name]).slice(-1 - n),
  },
  {
    name: 'stage',
    run: ({ stages }, { name, inner }) => stages.at(name).aget(inner),
    plain: ({ stages }, { name, inner }) => there(stages[name])[inner],
  },
  {
    name: 'names of a stage',
    run: async ({ stages }, { name }) => (await stages.at(name).akeys()).sort(),
    plain: ({ stages }, { name }) => Object.keys(there(stages[name])).sort(),
  },
];

/** Reads of parts, and what they give of plain data. */
export const READS: readonly Step<PlanAt, PlanTwin>[] = [
  ...PLAN_READS,
  ...PLACES.flatMap(({ name, at, twin }): Step<PlanAt, PlanTwin>[] => [
    {
      name: `the whole of ${name}`,
      run: (plan, draw) => at(plan, draw).load(),
      plain: (plan, draw) => {
        const task = twin(plan, draw);
        return task === null ? null : there(task);
      },
    },
    ...TASK_READS.map((read) => ({
      name: `${read.name} of ${name}`,
      run: (plan: PlanAt, draw: Draw) => read.run(at(plan, draw), draw),
      plain: (plan: PlanTwin, draw: Draw) => read.plain(there(twin(plan, draw)), draw),
    })),
  ]),
];
