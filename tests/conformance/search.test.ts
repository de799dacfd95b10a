import { startEmbeddedRedis } from '../../src/testing';
import { startServer } from '../support/servers';
import { explain } from './support/compare';
import { showReply, WireConnection } from './support/wire';

test('an index covers the documents that were there before it', async () => {
  const [real, embedded] = await Promise.all([startServer({ flavour: 'redis-stack' }), startEmbeddedRedis()]);
  const [one, two] = await Promise.all([real, embedded].map(({ port }) => WireConnection.open(port)));
  try {
    const requests = [
      ['FLUSHALL'],
      ['JSON.SET', 'p:1', '$', '{"a":"x"}'],
      ['JSON.SET', 'p:2', '$', '{"a":"y"}'],
      ['JSON.SET', 'p:3', '$', '{"a":5}'],
      ['JSON.SET', 'q:1', '$', '{"a":"x"}'],
      ['SET', 'p:4', 'x'],
      ['FT.CREATE', 'i', 'ON', 'JSON', 'PREFIX', '1', 'p:', 'SCHEMA', '$.a', 'AS', 'a', 'TAG'],
    ];
    await Promise.all([one?.exchange(requests), two?.exchange(requests)]);
    // The real server indexes them in the background.
    const isDone = async (): Promise<boolean> =>
      /"indexing" :"0"/.test(showReply((await one?.exchange([['FT.INFO', 'i']]))?.[0] ?? { type: '_' }));
    while (!(await isDone()));

    for (const request of [
      ['FT.SEARCH', 'i', '*', 'DIALECT', '2'],
      ['FT.INFO', 'i'],
    ]) {
      const [[expected], [answered]] = [await one!.exchange([request]), await two!.exchange([request])];
      expect(explain(request, expected!, answered!)).toBeDefined();
    }
  } finally {
    one?.close();
    two?.close();
    await Promise.all([real.stop(), embedded.close()]);
  }
}, 120_000);
