import type { ContenderName } from '../contenders/contender';
import type { Weight } from '../process/messages';
import type { BenchServer } from './bench-server';
import { ContenderProcess } from './contender-process';
import { seed } from './stored-state';

const DOCUMENTS = 10_000;

export interface MemoryResult extends Weight {
  readonly contender: ContenderName;
}

/** Bytes per loaded document, with each contender in a fresh process. */
export async function measureMemory(server: BenchServer, contenders: readonly ContenderName[]): Promise<MemoryResult[]> {
  await seed(server, DOCUMENTS);
  const results: MemoryResult[] = [];
  for (const contender of contenders) {
    const fresh = await ContenderProcess.start(contender, server.url);
    results.push({ contender, ...(await fresh.weigh(DOCUMENTS)) });
    await fresh.end();
  }
  await server.flush();
  return results;
}
