import { parseArgs } from 'node:util';
import { CONTENDER_NAMES, type ContenderName } from '../contenders/contender';
import { WORKLOADS } from '../workloads/all';

export const MEMORY = 'memory';
export const COLD_START = 'cold-start';

export interface Options {
  /** Names of workloads, `memory` and `cold-start` among them. */
  readonly only: readonly string[];
  readonly contenders: readonly ContenderName[];
  readonly rounds: number;
  readonly sliceMs: number;
  readonly jsonFile: string | undefined;
}

const USAGE = `npm run bench -- [--only ${[...WORKLOADS.map(({ name }) => name), MEMORY, COLD_START].join(',')}]
                 [--contenders ${CONTENDER_NAMES.join(',')}] [--rounds 7] [--slice-ms 200] [--json file]`;

/** Reads the command line; throws an error with the usage if it is wrong. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      contenders: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      'slice-ms': { type: 'string', default: '200' },
      json: { type: 'string' },
    },
  });
  const everything = [...WORKLOADS.map(({ name }) => name), MEMORY, COLD_START];
  const contenders = chosen(values.contenders, CONTENDER_NAMES);
  return {
    only: chosen(values.only, everything),
    contenders: contenders.includes('raw') ? contenders : ['raw', ...contenders],
    rounds: positive(values.rounds),
    sliceMs: positive(values['slice-ms']),
    jsonFile: values.json,
  };
}

function chosen<T extends string>(list: string | undefined, known: readonly T[]): T[] {
  if (list === undefined) return [...known];
  const names = list.split(',');
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new Error(`unknown: ${unknown}\n${USAGE}`);
  return known.filter((one) => names.includes(one));
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`not a positive number: ${text}\n${USAGE}`);
  return number;
}
