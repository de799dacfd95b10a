import { createHash } from 'node:crypto';
import type { Executor } from '../../../src/executor/executor';

/** Ways to break the script that grants locks; the witness has to notice each of them. */
export const MUTANTS = {
  'no look below': [
    "local answer = first_in(key, { '[' .. wanted.path, '(' .. wanted.path .. '\\255' }, judge_stranger)",
    "local answer = first_in(key, { '[' .. wanted.path .. '\\0', '(' .. wanted.path .. '\\1' }, judge_stranger)",
  ],
  'no look above': [
    "local ancestor = ''\n    while ancestor ~= wanted.path do",
    'local ancestor = wanted.path\n    while ancestor ~= wanted.path do',
  ],
  'everyone related': ['if not encloses(grant.scope, wanted.scope) then return judge(grant) end', 'return nil'],
  'shared grants ignored': ["wanted.mode == 'X' and { exclusive_key, shared_key } or { exclusive_key }", '{ exclusive_key }'],
} as const satisfies Record<string, readonly [original: string, broken: string]>;

export type Mutant = keyof typeof MUTANTS;

/** The same executor, but with a broken script for granting locks. */
export function broken(executor: Executor, mutant: Mutant): Executor {
  const [original, replacement] = MUTANTS[mutant];
  const evaluate: Executor['evaluate'] = (call, decode, options) => {
    if (call.script.name !== 'tree-lock-acquire') return executor.evaluate(call, decode, options);
    const source = call.script.source.replace(original, () => replacement);
    if (source === call.script.source) throw new Error(`the script has no place to break for "${mutant}"`);
    const script = { ...call.script, source, sha1: createHash('sha1').update(source).digest('hex') };
    return executor.evaluate({ ...call, script }, decode, options);
  };
  return Object.assign(Object.create(executor) as Executor, { evaluate });
}
