import type { CallOptions } from '../input/call-options';
import type { Purpose } from '../executor/purpose';
import type { JsonPath } from '../path/json-path';
import type { DocumentRoot } from '../scope/document-root';

/** What is looked at, and for which verb. */
interface Look {
  readonly path: JsonPath;
  readonly purpose?: Purpose;
}

/** The type of the stored value at a path, as RedisJSON names it; `nothing` where there is none. Sends `JSON.TYPE`. */
export function storedTypeAt(
  { key, model, executor }: DocumentRoot,
  { path, purpose }: Look,
  call: CallOptions | undefined,
): Promise<string> {
  return executor.execute({ args: ['JSON.TYPE', key, path.sent], key, write: false, model, purpose }, firstType, call);
}

/** The type at the only place. RESP3 nests the reply one level deeper; where nothing is stored the reply is empty. */
function firstType(reply: unknown): string {
  const [type] = [reply].flat(2) as (string | null | undefined)[];
  return type ?? 'nothing';
}
