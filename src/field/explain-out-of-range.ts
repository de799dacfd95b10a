import { lengthAtLeast } from '../command/checks';
import { CommitRefusedError } from '../errors/commit';
import type { CallOptions } from '../input/call-options';
import type { ListState } from './list-state';

/** The plain command gives the same reply when a list is too short and when there is no list. A second request tells the two apart, only after such a reply. */
export async function explainOutOfRange(error: unknown, { root, path }: ListState, call: CallOptions | undefined): Promise<unknown> {
  // The commit script has told them apart already.
  if (!(error instanceof CommitRefusedError) || error.reason !== 'out-of-range' || error.cause === undefined) return error;
  const { key, model } = root;
  const request = { args: ['JSON.TYPE', key, path.sent], key, write: false, model };
  try {
    const found = await root.executor.execute(request, firstAnswer, call);
    return found === 'array' ? error : lengthAtLeast(path, 0).refuse(found, { key, model, command: error.command, index: error.index });
  } catch {
    return error;
  }
}

/** The type at the only place. RESP3 nests the reply one level deeper; where nothing is stored the reply is empty. */
function firstAnswer(reply: unknown): string {
  const [type] = [reply].flat(2) as (string | null | undefined)[];
  return type ?? 'nothing';
}
