import { lengthAtLeast } from '../command/checks';
import { CommitRefusedError } from '../errors/commit';
import type { CallOptions } from '../input/call-options';
import type { ListState } from './list-state';
import { storedTypeAt } from './stored-type';

/** The plain command gives the same reply when a list is too short and when there is no list. A second request tells the two apart, only after such a reply. */
export async function explainOutOfRange(error: unknown, { root, path }: ListState, call: CallOptions | undefined): Promise<unknown> {
  // The commit script has told them apart already.
  if (!(error instanceof CommitRefusedError) || error.reason !== 'out-of-range' || error.cause === undefined) return error;
  const { key, model } = root;
  try {
    const found = await storedTypeAt(root, { path }, call);
    return found === 'array' ? error : lengthAtLeast(path, 0).refuse(found, { key, model, command: error.command, index: error.index });
  } catch {
    return error;
  }
}
