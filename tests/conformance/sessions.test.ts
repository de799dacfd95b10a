import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedRedis, type EmbeddedRedis } from '../../src/testing';
import { startServer, type Server } from '../support/servers';
import { showReply, WireConnection, type WireReply } from './support/wire';

type Step = readonly [connection: string, ...request: string[]];

/** What several connections see while they send requests in turn. */
const scenes: readonly { readonly shows: string; readonly steps: readonly Step[] }[] = [
  {
    shows: 'channels, patterns and their confirmations',
    steps: [
      ['a', 'SUBSCRIBE', 'x', 'y'],
      ['b', 'PUBLISH', 'x', 'one'],
      ['a', 'PSUBSCRIBE', 'x*', '[yz]'],
      ['b', 'PUBLISH', 'x', 'two'],
      ['b', 'PUBLISH', 'nobody', 'three'],
      ['b', 'PUBSUB', 'CHANNELS', 'x*'],
      ['b', 'PUBSUB', 'NUMSUB', 'x', 'none'],
      ['b', 'PUBSUB', 'NUMPAT'],
      ['a', 'PING'],
      ['a', 'PING', 'text'],
      ['a', 'GET', 'k'],
      ['a', 'FOO'],
      ['a', 'UNSUBSCRIBE', 'x'],
      ['a', 'UNSUBSCRIBE'],
      ['a', 'UNSUBSCRIBE'],
      ['a', 'PUNSUBSCRIBE', 'x*'],
      ['a', 'PUNSUBSCRIBE'],
      ['a', 'GET', 'k'],
    ],
  },
  {
    shows: 'shard channels, and messages from scripts and transactions',
    steps: [
      ['a', 'SSUBSCRIBE', 's'],
      ['a', 'SUBSCRIBE', 'c'],
      ['b', 'SPUBLISH', 's', 'one'],
      ['b', 'EVAL', "redis.call('PUBLISH', 'c', 'two') return redis.call('SPUBLISH', 's', 'three')", '0'],
      ['b', 'MULTI'],
      ['b', 'PUBLISH', 'c', 'four'],
      ['b', 'EXEC'],
      ['b', 'PUBSUB', 'SHARDCHANNELS'],
      ['b', 'PUBSUB', 'SHARDNUMSUB', 's'],
      ['a', 'SUNSUBSCRIBE'],
      ['a', 'RESET'],
      ['b', 'PUBLISH', 'c', 'five'],
    ],
  },
  {
    shows: 'listening inside of a transaction, and what a listening connection may not ask for',
    steps: [
      ['a', 'MULTI'],
      ['a', 'SUBSCRIBE', 'x', 'y'],
      ['a', 'PING'],
      ['a', 'UNSUBSCRIBE', 'y'],
      ['a', 'EXEC'],
      ['a', 'EXEC'],
      ['a', 'CLIENT', 'GETNAME'],
      ['a', 'UNSUBSCRIBE'],
      ['a', 'MULTI'],
      ['a', 'EXEC', 'too', 'much'],
      ['a', 'EXEC'],
      ['a', 'CLIENT', 'REPLY', 'OFF'],
      ['a', 'CLIENT', 'REPLY', 'SKIP'],
      ['a', 'PING'],
      ['a', 'PING'],
      ['a', 'CLIENT', 'REPLY', 'ON'],
    ],
  },
  {
    shows: 'watching across connections',
    steps: [
      ['a', 'JSON.SET', 'k', '$', '{"n":1}'],
      ['a', 'WATCH', 'k', 'other'],
      ['b', 'JSON.GET', 'k'],
      ['a', 'MULTI'],
      ['a', 'JSON.NUMINCRBY', 'k', '$.n', '1'],
      ['a', 'EXEC'],
      ['a', 'WATCH', 'k'],
      ['b', 'JSON.NUMINCRBY', 'k', '$.n', '1'],
      ['a', 'MULTI'],
      ['a', 'JSON.NUMINCRBY', 'k', '$.n', '1'],
      ['a', 'EXEC'],
      ['a', 'WATCH', 'k'],
      ['b', 'FLUSHALL'],
      ['a', 'MULTI'],
      ['a', 'EXEC'],
      ['a', 'WATCH', 'k'],
      ['b', 'FLUSHALL'],
      ['a', 'MULTI'],
      ['a', 'EXEC'],
    ],
  },
  {
    shows: 'names, databases and the state that RESET drops',
    steps: [
      ['a', 'CLIENT', 'SETNAME', 'me'],
      ['a', 'CLIENT', 'GETNAME'],
      ['a', 'CLIENT', 'SETNAME', 'a b'],
      ['a', 'CLIENT', 'SETINFO', 'LIB-NAME', 'x'],
      ['a', 'SELECT', '3'],
      ['a', 'SET', 'k', 'v'],
      ['b', 'GET', 'k'],
      ['b', 'SELECT', '99'],
      ['b', 'SELECT', 'x'],
      ['a', 'MOVE', 'k', '0'],
      ['b', 'GET', 'k'],
      ['a', 'SWAPDB', '0', '3'],
      ['a', 'GET', 'k'],
      ['a', 'MULTI'],
      ['a', 'RESET'],
      ['a', 'CLIENT', 'GETNAME'],
      ['a', 'GET', 'k'],
      ['b', 'AUTH', 'x'],
      ['b', 'AUTH', 'default', 'x'],
      ['b', 'AUTH', 'nobody', 'x'],
      ['b', 'HELLO', '9'],
      ['b', 'HELLO', 'x'],
      ['b', 'HELLO', '3', 'FOO'],
      ['b', 'ECHO'],
      ['b', 'CLIENT', 'REPLY', 'SKIP'],
      ['b', 'PING'],
      ['b', 'PING', 'heard'],
      ['b', 'CONFIG', 'GET', 'maxmemory-policy'],
      ['b', 'READONLY'],
      ['b', 'CLUSTER', 'INFO'],
      ['b', 'QUIT'],
    ],
  },
  {
    shows: 'what MONITOR prints',
    steps: [
      ['a', 'MONITOR'],
      ['b', 'SET', 'k', 'a "b"\\\n\t\u0001\xff'],
      ['b', 'EVAL', "return redis.call('GET', KEYS[1])", '1', 'k'],
      ['b', 'MULTI'],
      ['b', 'INCR', 'n'],
      ['b', 'EXEC'],
      ['b', 'FOO'],
      ['b', 'GET'],
      ['b', 'CONFIG', 'GET', 'save'],
      ['b', 'SELECT', '2'],
      ['b', 'JSON.SET', 'k', '$', '{}'],
    ],
  },
];

/** Everything each connection received, without what differs from run to run. */
async function play(port: number, version: string, steps: readonly Step[]): Promise<Record<string, string[]>> {
  const connections = { a: await WireConnection.open(port), b: await WireConnection.open(port) };
  const heard: Record<string, string[]> = { a: [], b: [] };
  const gather = async (): Promise<void> => {
    await sleep(20);
    for (const [name, connection] of Object.entries(connections)) heard[name]?.push(...connection.drain().map(plain));
  };
  for (const connection of Object.values(connections)) await connection.exchange([['HELLO', version]]);
  await connections.a.exchange([['FLUSHALL']]);
  for (const [name, ...request] of steps) {
    connections[name as 'a'].send(request);
    await gather();
  }
  Object.values(connections).forEach((connection) => connection.close());
  return heard;
}

function plain(reply: WireReply): string {
  return showReply(reply)
    .replace(/\d{10}\.\d{6} \[(\d+) 127\.0\.0\.1:\d+\]/, 'time [$1 address]')
    .replace(/\d{10}\.\d{6} \[/, 'time [');
}

describe('connections of the embedded server beside those of a real one', () => {
  let real: Server;
  let embedded: EmbeddedRedis;

  beforeAll(async () => {
    [real, embedded] = await Promise.all([startServer({ flavour: 'redis-stack' }), startEmbeddedRedis()]);
  }, 120_000);
  afterAll(async () => {
    await embedded.close();
    await real.stop();
  });

  describe.each(['2', '3'])('in RESP%s', (version) => {
    test.each(scenes)('see the same: $shows', async ({ steps }) => {
      const [expected, received] = await Promise.all([play(real.port, version, steps), play(embedded.port, version, steps)]);

      expect(received).toEqual(expected);
    });
  });
});
