import { AtomicRedisModel, connect, Field, Key, list, Model, RedatomError, RedisList } from 'redatom';
import { BatchClient, ClusterBatch } from 'redatom/batch';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterClient } from '../../cluster/support/cluster-client';
import type { Conversation } from './worker-protocol';

/** A list of the ids of all writes that were applied. */
@Model()
export class Journal extends AtomicRedisModel {
  @Key() @Field(String) name!: string;
  @Field(list(String)) entries!: RedisList<string>;
}

export interface FailoverParams {
  readonly urls: readonly string[];
  readonly worker: number;
  readonly journals: readonly string[];
}

/** What one process saw. */
export interface FailoverWork {
  /** Ids whose write was confirmed. */
  readonly acknowledged: string[];
  /** Those of them that had reached a replica. */
  readonly replicated: string[];
  /** Ids whose write certainly failed, by what its error says. */
  readonly refused: string[];
  /** Codes of all errors, and how often each came. */
  readonly errors: Record<string, number>;
  /** Errors that are not redatom's. */
  readonly untyped: string[];
  /** Writes to each journal that were confirmed after the cue that the server is gone. */
  readonly afterwards: Record<string, number>;
}

/** Appends ids to all journals, by plain verbs, commits and batches in turn, until it is told to stop. */
export async function writeThroughFailover({ urls, worker, journals }: FailoverParams, conversation: Conversation): Promise<FailoverWork> {
  const client = await clusterClient(urls).connect();
  const database = await connect(client, { models: [Journal] });
  const work: FailoverWork = { acknowledged: [], replicated: [], refused: [], errors: {}, untyped: [], afterwards: {} };
  const state = { isOver: false, isGone: false };
  void conversation.cue('gone').then(() => (state.isGone = true));
  void conversation.cue('stop').then(() => (state.isOver = true));
  const batches = new BatchClient(client);
  const writer = async (name: string): Promise<void> => {
    for (let n = 0; !state.isOver; n += 1) {
      const id = `${worker}-${name}-${n}`;
      const isLate = state.isGone;
      try {
        const replicas = await write(batches, { name, id, way: n % 3 });
        work.acknowledged.push(id);
        if (replicas > 0) work.replicated.push(id);
        if (isLate) work.afterwards[name] = (work.afterwards[name] ?? 0) + 1;
      } catch (error) {
        note(work, id, error);
        await sleep(20);
      }
    }
  };
  const writing = Promise.all(journals.map(writer));
  conversation.report('writing');
  await writing;
  await database.close();
  client.destroy();
  return work;
}

interface Entry {
  readonly name: string;
  readonly id: string;
  readonly way: number;
}

/** Resolves to how many replicas have the write. */
async function write(batches: BatchClient, { name, id, way }: Entry): Promise<number> {
  const key = Journal.keyOf(name);
  const route = { type: 'primarySlotKey', key } as const;
  const batch = new ClusterBatch(false);
  if (way === 0) batch.json.arrAppend(key, '$["entries"]', id);
  else {
    const journal = Journal.build({ name });
    if (way === 1) await journal.entries.aappend(id);
    else await journal.pipeline((same) => same.entries.append(id));
  }
  // WAIT counts only what its own connection has written; the mark makes sure that there is such a write.
  const results = await batches.exec(batch.set(`{${key}}mark`, id).wait(1, 300), way === 0, { route });
  const [replicas] = (results ?? []).slice(-1);
  const isMarked = results?.[results.length - 2] === 'OK';
  return isMarked && typeof replicas === 'number' ? replicas : 0;
}

function note(work: FailoverWork, id: string, error: unknown): void {
  if (!(error instanceof RedatomError)) {
    work.untyped.push(String(error));
    return;
  }
  work.errors[error.code] = (work.errors[error.code] ?? 0) + 1;
  if (
    error.code === 'REDIS_CONNECTION' ||
    (error.code === 'BATCH_CONNECTION' && (error as RedatomError & { maybeApplied?: boolean }).maybeApplied !== true)
  ) {
    work.refused.push(id);
  }
}
