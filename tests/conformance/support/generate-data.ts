import { STRINGS, HASHES, LISTS, SETS, SORTED } from './data-requests';
import { anyKey, text, glob, maybe, count, options, ttl, moment, type Make, type Request } from './data-words';
import type { Random } from './random';

const KEYSPACE: readonly Make[] = [
  (r) => [r.pick(['DEL', 'UNLINK', 'EXISTS', 'TOUCH']), ...count(r, 1, 3, () => anyKey(r))],
  (r) => [r.pick(['TYPE', 'TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME', 'PERSIST']), anyKey(r)],
  (r) => [r.pick(['RENAME', 'RENAMENX']), anyKey(r), anyKey(r)],
  (r) => [
    'COPY',
    anyKey(r),
    anyKey(r),
    ...options(r, 0.5, ['REPLACE', 'DB 1', 'DB 99', 'DB x', 'DB', 'FOO']).flatMap((word) => word.split(' ')),
  ],
  (r) => ['MOVE', anyKey(r), r.pick(['1', '2', '0', '99', '-1', 'x'])],
  (r) => [r.pick(['EXPIRE', 'PEXPIRE']), anyKey(r), ttl(r), ...options(r, 0.5, ['NX', 'XX', 'GT', 'LT', 'FOO', 'gt'])],
  (r) => [r.pick(['EXPIREAT', 'PEXPIREAT']), anyKey(r), moment(r), ...options(r, 0.4, ['NX', 'XX', 'GT', 'LT'])],
  (r) => ['OBJECT', r.pick(['REFCOUNT', 'FOO']), ...maybe(r, 0.95, () => [r.pick(['h1', 'l1', 't1', 'z1', 'j1', 'none'])])],
  (r) => [
    'SCAN',
    r.pick(['0', '0', '0', 'x', '']),
    ...options(
      r,
      0.9,
      [
        'COUNT 1000',
        'COUNT 1000',
        'MATCH *1',
        'MATCH h*',
        'TYPE string',
        'TYPE HASH',
        'TYPE foo',
        'TYPE ReJSON-RL',
        'COUNT 0',
        'FOO',
        'MATCH',
      ],
      3,
    ).flatMap((word) => word.split(' ')),
  ],
  (r) => ['KEYS', glob(r)],
  () => ['DBSIZE'],
  (r) => (r.chance(0.2) ? [r.pick(['FLUSHDB', 'FLUSHALL']), ...maybe(r, 0.5, () => [r.pick(['SYNC', 'ASYNC', 'FOO'])])] : ['DBSIZE']),
  (r) => ['SELECT', r.pick(['0', '0', '0', '1', '99', '-1', 'x'])],
  (r) => ['SWAPDB', r.pick(['0', '1', 'x']), r.pick(['0', '1', '99', 'y'])],
];

const CONNECTION: readonly Make[] = [
  (r) => [
    'CLIENT',
    ...r.pick([
      ['GETNAME'],
      ['SETNAME', 'me'],
      ['SETNAME', 'a b'],
      ['SETNAME', ''],
      ['SETINFO', 'LIB-NAME', 'x'],
      ['SETINFO', 'FOO', 'x'],
      ['SETINFO', 'LIB-VER', 'a b'],
      ['NO-EVICT', 'ON'],
      ['NO-EVICT', 'FOO'],
      ['NO-TOUCH', 'OFF'],
      ['NO-TOUCH', 'x'],
      ['KILL'],
      ['KILL', '1.2.3.4:5'],
      ['KILL', 'ID', '99999999'],
      ['KILL', 'ID', 'x'],
      ['KILL', 'TYPE', 'foo'],
      ['KILL', 'USER', 'nobody'],
      ['KILL', 'ADDR', 'a', 'LADDR'],
      ['REPLY', 'FOO'],
      ['FOO'],

      ['LIST', 'TYPE', 'foo'],
      ['LIST', 'ID'],
      ['LIST', 'ID', 'x'],
    ]),
  ],
  (r) => [r.pick(['PING', 'ECHO']), ...r.many(0, 2, () => text(r))],
  (r) => [
    'COMMAND',
    ...r.pick([
      ['GETKEYS', 'GET', 'k'],
      ['GETKEYS', 'MSET', 'a', '1', 'b', '2'],
      ['GETKEYS', 'EVAL', 'x', '2', 'a', 'b'],
      ['GETKEYS', 'PING'],
      ['FOO'],
      ['INFO', 'foo'],
    ]),
  ],
  (r) => [
    'PUBSUB',
    ...r.pick([
      ['CHANNELS'],
      ['CHANNELS', 'x'],
      ['NUMSUB'],
      ['NUMSUB', 'a', 'a'],
      ['NUMPAT'],
      ['NUMPAT', 'x'],
      ['SHARDCHANNELS'],
      ['SHARDNUMSUB', 'x'],
      ['FOO'],
      [],
    ]),
  ],
  (r) => [r.pick(['PUBLISH', 'SPUBLISH']), ...r.many(1, 3, () => text(r))],
  (r) => [
    'CONFIG',
    ...r.pick([
      ['GET', 'maxmemory'],
      ['GET', 'timeout'],
      ['GET', 'nope'],
      ['GET'],
      ['SET', 'nope', '1'],
      ['SET', 'timeout'],
      ['RESETSTAT'],
      ['FOO'],
    ]),
  ],
  (r) => ['WAIT', ...r.pick([['0', '0'], ['0', 'x'], ['x', '0'], ['0'], ['0', '-1']])],
  (r) => [
    'SCRIPT',
    ...r.pick([['EXISTS', 'a', 'b'], ['FLUSH', 'SYNC'], ['FLUSH', 'FOO'], ['LOAD', 'return 1'], ['LOAD', 'return +'], ['FOO']]),
  ],
];

/** Cut short, these ask for what always differs between two servers: all commands, all connections. */
const NEVER_CUT = ['COMMAND', 'CLIENT'];

const FAMILIES = [STRINGS, HASHES, LISTS, SETS, SORTED, SORTED, KEYSPACE, CONNECTION];

function plainRequest(random: Random): Request {
  const request = random.pick(random.pick(FAMILIES))(random);
  return random.chance(0.01) && request.length > 2 && !NEVER_CUT.includes(request[0] ?? '')
    ? request.slice(0, random.below(request.length) + 1)
    : request;
}

const SCRIPT = 'return redis.call(ARGV[1], unpack(ARGV, 2))';
const CAREFUL_SCRIPT = 'redis.setresp(3) local r = redis.pcall(ARGV[1], unpack(ARGV, 2)) return r';

function transaction(random: Random): Request[] {
  return [
    ...(random.chance(0.4) ? [['WATCH', ...random.many(1, 2, () => anyKey(random))]] : []),
    ...(random.chance(0.2) ? [plainRequest(random)] : []),
    ['MULTI'],
    ...random.many(0, 5, () => plainRequest(random)),
    ...(random.chance(0.05) ? [random.pick([['MULTI'], ['WATCH', 'k'], ['FOO'], ['GET']])] : []),
    [random.chance(0.85) ? 'EXEC' : 'DISCARD'],
  ];
}

/** Requests on all types but documents, with options that fit and options that do not. */
export function dataSequence(random: Random, length: number): Request[] {
  const requests: Request[] = [['FLUSHALL'], ['HELLO', random.pick(['2', '3'])], ['JSON.SET', 'j1', '$', '{"a":1}']];
  while (requests.length < length) {
    const roll = random.next();
    if (roll < 0.04) requests.push(...transaction(random));
    else if (roll < 0.08) requests.push(['EVAL', random.chance(0.6) ? SCRIPT : CAREFUL_SCRIPT, '0', ...plainRequest(random)]);
    else if (roll < 0.09) requests.push([random.pick(['EXEC', 'DISCARD', 'UNWATCH', 'MULTI', 'WATCH'])]);
    else requests.push(plainRequest(random));
  }
  return [...requests, ['DISCARD'], ['SELECT', '0'], ['KEYS', '*']];
}
