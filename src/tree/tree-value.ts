import { anyJson } from '../codec/any-json';
import { Mismatch, setMember, type Json, type JsonObject } from '../codec/codec';
import { ValidationError } from '../errors/codec';
import { dotted } from '../path/json-path';
import { escapeName, unescapeName, type TreePath } from '../path/tree-path';

/** The number of levels of a document that RedisJSON certainly accepts. */
const MAX_LEVELS = 120;

/**
 * The text as which a value is stored.
 *
 * @throws {@link ValidationError} JSON cannot represent the value (NaN, a function, a cycle), or it is too deep. Nothing was sent.
 */
export function toStoredText(path: TreePath, value: unknown): string {
  try {
    return JSON.stringify(renamed(anyJson.encode(value), escapeName, MAX_LEVELS - path.segments.length));
  } catch (error) {
    throw error instanceof Mismatch ? refusal(path, error) : error;
  }
}

/** The value in a reply of the server: the JSON text of a list with one value, or of an empty one. */
export function fromStoredText(text: string): Json | undefined {
  const [value] = JSON.parse(text) as Json[];
  return value === undefined || !text.includes('~') ? value : renamed(value, unescapeName, Infinity);
}

function refusal(path: TreePath, { misfits }: Mismatch): ValidationError {
  const problems = misfits.map(({ segments, expected, found }) => ({ field: dotted([...path.segments, ...segments]), expected, found }));
  return new ValidationError(problems, { path: path.dotted });
}

/** The same value with its members renamed. Copies only lists and objects. */
function renamed(value: Json, rename: (name: string) => string, levels: number): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (levels <= 0) throw new Mismatch([{ segments: [], expected: `at most ${MAX_LEVELS} levels with its path`, found: 'more' }]);
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename, levels - 1));
  const out: JsonObject = {};
  for (const name of Object.keys(value)) setMember(out, rename(name), renamed(value[name] as Json, rename, levels - 1));
  return out;
}
