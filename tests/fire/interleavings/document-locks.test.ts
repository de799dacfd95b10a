import { connect } from 'redatom';
import { Ledger, Outsider } from '../support/models';
import { explore } from './explore';
import { sections, type FaultKind, type Section, type Subject } from './sections';
import { useVirtualClock } from './virtual-clock';

const KEY = 'Ledger:ada';
const LOCK = `{${KEY}}/work:lock`;

const documents: Subject = {
  arrange: (server) => void server.run('JSON.SET', KEY, '$', '{"name":"ada","trace":""}'),
  open: async (client) => {
    const model = client.name === 'A' ? Ledger : Outsider;
    const database = await connect(client, { models: [model] });
    return {
      run: ({ ttlMs, waitMs, savesAtEnd = false }, signal, work) =>
        model.withLockFromKey(
          'ada',
          'work',
          (document, lock) =>
            work(lock, {
              read: () => document.trace.value,
              write: (text) => {
                document.trace.value = text;
                return savesAtEnd ? undefined : document.saveChanges();
              },
            }),
          { ttlMs, waitMs, signal, saveAtEnd: savesAtEnd },
        ),
      close: () => database.close(),
    };
  },
  exclude: () => true,
  stored: (server) => JSON.parse(server.run<string>('JSON.GET', KEY, '$.trace')) as string[],
  left: (server) => (server.run('EXISTS', LOCK) === 1 ? [LOCK] : []),
  lose: (server) => void server.run('DEL', LOCK),
};

const A1 = { name: 'A1', savesAtEnd: true };
const A2 = { name: 'A2', savesAtEnd: true };
const A3 = { name: 'A3', savesAtEnd: true };
const B1 = { name: 'B1', savesAtEnd: true };
const SAVES = { savesAtEnd: false };
const SHORT = { ttlMs: 300, workMs: 250 };

describe('sections under the lock of a document, in the orders in which requests, answers and messages can come', () => {
  const clock = useVirtualClock();

  test.each<[string, Section[], FaultKind[]]>([
    ['of two processes', [A1, B1], ['scripts forgotten']],
    ['of two processes, one of which gives up', [A1, { ...B1, aborts: true }], []],
    [
      'of two processes, one of which waits no longer than the other works',
      [
        { ...A1, workMs: 40 },
        { ...B1, waitMs: 40 },
      ],
      [],
    ],
    ['that are handed over', [A1, A2, B1], []],
    ['that are handed over by a release', [{ ...A1, ...SAVES }, { ...A2, ...SAVES }, B1], []],
    ['that are handed over to one that gives up', [A1, { ...A2, aborts: true }, A3, B1], []],
    ['that are handed over to one whose time is over', [{ ...A1, workMs: 4 }, { ...A2, waitMs: 4 }, A3, B1], []],
    ['over connections that are cut', [A1, { ...A2, aborts: true }, B1], ['cuts']],
    ['that save, over connections that are cut', [{ ...A1, ...SAVES }, { ...A2, ...SAVES }, B1], ['cuts']],
    ['whose lock is lost', [A1, { ...A2, ...SAVES }, B1], ['losses']],
    [
      'of processes that are paused',
      [
        { ...A1, ...SHORT },
        { ...A2, ...SHORT, ...SAVES },
        { ...B1, ...SHORT },
      ],
      ['pauses'],
    ],
    [
      'over connections that are away for longer than a lease',
      [
        { ...A1, ...SHORT },
        { ...A2, ...SHORT },
        { ...B1, ...SHORT },
      ],
      ['long cuts'],
    ],
  ])('%s', async (_, plans, faults) => {
    expect(await explore(sections(documents, plans, faults), clock, 30)).toBeGreaterThan(20);
  });
});
