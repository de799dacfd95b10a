import { lengthAtLeast } from '../command/checks';
import { CommitRefusedError } from '../errors/commit';
import type { CallOptions } from '../input/call-options';
import type { ListState } from './list-state';

/** The plain command answers the same where a list is too short and where there is no list. Only a look tells, and only failures pay for it. */
export async function explainOutOfRange(error: unknown, { root, path }: ListState, call: CallOptions | undefined): Promise<unknown> {
  // A check has told them apart.
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

/** The only type; RESP3 has one list more around it, and nothing has none. */
function firstAnswer(reply: unknown): string {
  const [type] = [reply].flat(2) as (string | null | undefined)[];
  return type ?? 'nothing';
}
