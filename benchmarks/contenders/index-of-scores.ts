import { setTimeout as sleep } from 'node:timers/promises';
import { PREFIX } from '../sample/sample-user';

export const INDEX = 'scores';
export const CREATE_INDEX = ['FT.CREATE', INDEX, 'ON', 'JSON', 'PREFIX', '1', `${PREFIX}:`];

const PAUSE_MS = 5;

/** Waits until an index has the documents that existed before it. The reply is a map, or a list of alternating names and values. */
export async function indexed(send: (args: string[]) => Promise<unknown>, name = INDEX): Promise<void> {
  for (;;) {
    const reply = await send(['FT.INFO', name]);
    const indexing: unknown = Array.isArray(reply) ? reply[reply.indexOf('indexing') + 1] : (reply as Record<string, unknown>)['indexing'];
    if (Number(indexing) === 0) return;
    await sleep(PAUSE_MS);
  }
}
