import { randomUUID } from 'node:crypto';
import { connect } from 'redatom';
import { createClient } from 'redis';
import { runExample } from '../support/run-example';
import { TOKEN_BUDGET } from './agent';
import { Crew, type Narrate } from './crew';
import { judge, type Verdict } from './judge';
import { naiveKeyOf } from './naive-agent';
import { Session } from './session';
import type { StoredSession } from './stored-session';

const STEPS = 16;
const PLAN = {
  goal: 'Write the report',
  steps: Array.from({ length: STEPS }, (_, index) => ({ id: `step-${index + 1}`, title: `step ${index + 1}` })),
};

type Way = 'redatom' | 'naive';
type PlainClient = ReturnType<typeof openPlainClient>;

async function agentSession(url: string): Promise<boolean> {
  const sessionId = randomUUID();
  await createSessions(url, sessionId);
  const plain = await openPlainClient(url).connect();
  try {
    const redatom = await play('redatom', { url, sessionId, plain });
    const naive = await play('naive', { url, sessionId, plain });
    console.log('\nVerdict, from the stored text as plain node-redis reads it:');
    printVerdict('redatom', redatom);
    printVerdict('naive GET/SET', naive);
    return redatom.lostInAll === 0 && redatom.surplus === 0 && !redatom.isOverBudget && redatom.lateWriteRefused;
  } finally {
    await plain.del([`Session:${sessionId}`, naiveKeyOf(sessionId)]);
    await plain.close();
  }
}

/** Stores one session with redatom, and the same one as a single JSON text. */
async function createSessions(url: string, sessionId: string): Promise<void> {
  await using _db = await connect(url, { models: [Session] });
  const session = await Session.create({ id: sessionId, plan: PLAN });
  const client = await openPlainClient(url).connect();
  await client.set(naiveKeyOf(sessionId), JSON.stringify(session));
  await client.close();
}

async function play(way: Way, { url, sessionId, plain }: { url: string; sessionId: string; plain: PlainClient }): Promise<Verdict> {
  const begin = Date.now();
  const narrate: Narrate = (line) => console.log(`${way.padEnd(8)} ${((Date.now() - begin) / 1000).toFixed(1).padStart(5)} s  ${line}`);
  narrate('starting worker processes');
  const crew = new Crew({ way, url, sessionId });
  const progress = setInterval(() => crew.reportsOf('message').length > 0 && narrate(progressOf(crew)), 500);
  try {
    await crew.play(narrate);
  } finally {
    clearInterval(progress);
  }
  narrate(progressOf(crew));
  return judge(crew.reports, await readStored(way, sessionId, plain));
}

function progressOf(crew: Crew): string {
  const count = (kind: Parameters<Crew['reportsOf']>[0]): number => crew.reportsOf(kind).length;
  const tokens = crew.reportsOf('tokens').reduce((sum, report) => sum + report.tokens, 0);
  return `${count('message')} messages, ${count('tool')} tool results, ${tokens} tokens (${count('over-budget')} refused), ${count('step')} steps`;
}

async function readStored(way: Way, sessionId: string, plain: PlainClient): Promise<StoredSession> {
  const text =
    way === 'redatom' ? await plain.sendCommand<string>(['JSON.GET', `Session:${sessionId}`]) : await plain.get(naiveKeyOf(sessionId));
  if (text === null) throw new Error(`the ${way} session is gone`);
  return JSON.parse(text) as StoredSession;
}

function printVerdict(title: string, { updates, lost, lostInAll, spent, isOverBudget, lateWriteRefused, surplus }: Verdict): void {
  const kinds = Object.entries(lost)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind} ${count}`);
  console.log(`  ${title}: ${lostInAll} of ${updates} updates lost${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`);
  console.log(`    ${spent} of ${TOKEN_BUDGET} tokens spent${isOverBudget ? ', BUDGET EXCEEDED' : ''}`);
  console.log(`    late write of the stopped worker: ${lateWriteRefused ? 'refused' : 'accepted'}`);
  if (surplus > 0) console.log(`    ${surplus} stored more than confirmed`);
}

function openPlainClient(url: string) {
  return createClient({ url });
}

runExample(agentSession);
