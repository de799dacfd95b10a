import { append } from './append';
import { deleteMany, getMany, insert } from './bulk';
import { find } from './find';
import { get } from './get';
import { increment } from './increment';
import { loadUpdate } from './load-update';
import { lock } from './lock';
import { pipeline } from './pipeline';
import { save } from './save';
import { update } from './update';
import type { Workload } from './workload';

export const WORKLOADS: readonly Workload[] = [
  get,
  loadUpdate,
  save,
  update,
  increment,
  append,
  pipeline,
  lock,
  insert,
  getMany,
  find,
  deleteMany,
];

export function workloadNamed(name: string): Workload {
  const found = WORKLOADS.find((workload) => workload.name === name);
  if (found === undefined) throw new Error(`no workload "${name}"; there are ${WORKLOADS.map((one) => one.name).join(', ')}`);
  return found;
}
