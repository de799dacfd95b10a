import { deepEqual, equal, ok } from 'node:assert/strict';
import { RedisInt, SchemaError } from 'redatom';
import { Hinted, Leaf } from './hinted';
import { runChecks } from './verdict';

const given = {
  name: 'ada',
  active: true,
  since: new Date(0),
  bytes: Uint8Array.of(1),
  big: 5n,
  leaf: { text: 'leaf' },
  rate: 0.5,
  title: 't',
  blob: Uint8Array.of(2),
  seen: new Date(1),
};

/** Types that only the compiler's metadata tells. Without it, the class is refused with the lines to write. */
function checkHints(): void {
  const hinted = Hinted.build(given);
  deepEqual(hinted.toJSON(), {
    name: 'ada',
    age: 3,
    active: true,
    since: '1970-01-01T00:00:00.000Z',
    bytes: 'AQ==',
    big: '5',
    leaf: { text: 'leaf' },
    score: 0,
    rate: 0.5,
    title: 't',
    blob: 'Ag==',
    seen: '1970-01-01T00:00:00.001Z',
    version: 0,
  });
  ok(hinted.leaf instanceof Leaf);
  ok(hinted.score instanceof RedisInt);
  equal(hinted.title.value, 't');
}

function refusals(): readonly string[] {
  try {
    Hinted.build(given);
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.problems;
    throw error;
  }
}

/** The verdict as JSON, printed when this file is run. */
export const result: Promise<string> = (async () => {
  const problems = refusals();
  return JSON.stringify({ problems, ...(problems.length === 0 ? await runChecks({ hints: checkHints }) : {}) });
})();
void result.then((text) => process.stdout.write(text));
