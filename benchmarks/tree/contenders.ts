import { join } from 'node:path';
import { TaskProcess } from '../harness/task-process';

export function startRedatom(url: string): TaskProcess {
  return TaskProcess.start(process.execPath, [join(__dirname, '../dist/tree/redatom-contender.js'), url]);
}

export function startRedicts(python: string, url: string): TaskProcess {
  const { hostname, port, pathname } = new URL(url);
  return TaskProcess.start(python, [join(__dirname, 'redicts-contender.py'), hostname, port, pathname.slice(1) || '0']);
}
