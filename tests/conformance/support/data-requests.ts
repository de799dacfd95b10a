import {
  key,
  anyKey,
  integer,
  bounded,
  score,
  text,
  field,
  member,
  maybe,
  count,
  options,
  ttl,
  bound,
  lexBound,
  limit,
  scanOptions,
  type Make,
} from './data-words';

/** Requests on strings, hashes, lists, sets and sorted sets. */

export const STRINGS: readonly Make[] = [
  (r) => [
    'SET',
    key(r, 'string'),
    text(r),
    ...options(
      r,
      0.5,
      [
        'NX',
        'XX',
        'GET',
        'KEEPTTL',
        'EX 100000',
        'PX 5000000',
        'EXAT 4102444800',
        'PXAT 4102444800000',
        'EX 0',
        'PX -1',
        'EX x',
        'EX',
        'FOO',

        'xx',
        'Get',
      ],
      3,
    ).flatMap((word) => word.split(' ')),
  ],
  (r) => [
    'GETEX',
    key(r, 'string'),
    ...options(r, 0.6, [
      'EX 100000',
      'PX 5000000',
      'EXAT 4102444800',

      'PERSIST',
      'EX 0',
      'EX',
      'FOO',
      'KEEPTTL',
      'EX 9223372036854775807',
    ]).flatMap((word) => word.split(' ')),
  ],
  (r) => [r.pick(['GET', 'GETDEL', 'STRLEN', 'INCR', 'DECR', 'GET']), key(r, 'string')],
  (r) => [r.pick(['SETNX', 'GETSET', 'APPEND']), key(r, 'string'), text(r)],
  (r) => [r.pick(['SETEX', 'PSETEX']), key(r, 'string'), ttl(r), text(r)],
  (r) => [r.pick(['INCRBY', 'DECRBY']), key(r, 'string'), integer(r)],
  // A key and a field of their own: next to large integers, 64 bits are too few, which is a known difference.
  (r) => ['INCRBYFLOAT', 'f1', bounded(r)],
  (r) =>
    r.pick([
      ['GET', 'f1'],
      ['SET', 'f1', bounded(r)],
      ['STRLEN', 'f1'],
      ['DEL', 'f1'],
    ]),
  (r) => ['SETRANGE', key(r, 'string'), r.pick(['0', '1', '3', '-1', 'x', '536870912', '5']), text(r)],
  (r) => ['GETRANGE', key(r, 'string'), integer(r), integer(r)],
  (r) => ['MGET', ...count(r, 1, 3, () => anyKey(r))],
  (r) => [r.pick(['MSET', 'MSETNX']), ...r.many(1, 2, () => [key(r, 'string'), text(r)]).flat(), ...maybe(r, 0.08, () => ['x'])],
];

export const HASHES: readonly Make[] = [
  (r) => [
    r.pick(['HSET', 'HSET', 'HMSET']),
    key(r, 'hash'),
    ...r.many(1, 2, () => [field(r), text(r)]).flat(),
    ...maybe(r, 0.06, () => ['x']),
  ],
  (r) => ['HSETNX', key(r, 'hash'), field(r), text(r)],
  (r) => [r.pick(['HGETALL', 'HKEYS', 'HVALS', 'HLEN']), key(r, 'hash')],
  (r) => [r.pick(['HGET', 'HEXISTS', 'HSTRLEN']), key(r, 'hash'), field(r)],
  (r) => [r.pick(['HDEL', 'HMGET']), key(r, 'hash'), ...count(r, 1, 3, () => field(r))],
  (r) => ['HINCRBY', key(r, 'hash'), field(r), integer(r)],
  (r) => ['HINCRBYFLOAT', key(r, 'hash'), 'float', bounded(r)],
  (r) => ['HSCAN', key(r, 'hash'), r.pick(['0', '0', '0', 'x', '-1', '']), ...scanOptions(r)],
];

export const LISTS: readonly Make[] = [
  (r) => [r.pick(['LPUSH', 'RPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX']), key(r, 'list'), ...count(r, 1, 3, () => text(r))],
  (r) => [r.pick(['LPOP', 'RPOP']), key(r, 'list'), ...maybe(r, 0.4, () => [integer(r)]), ...maybe(r, 0.03, () => ['1'])],
  (r) => [r.pick(['LRANGE', 'LTRIM', 'LRANGE']), key(r, 'list'), integer(r), integer(r)],
  (r) => ['LREM', key(r, 'list'), integer(r), text(r)],
  (r) => ['LSET', key(r, 'list'), integer(r), text(r)],
  (r) => ['LINSERT', key(r, 'list'), r.pick(['BEFORE', 'AFTER', 'after', 'FOO']), text(r), text(r)],
  (r) => [r.pick(['LLEN', 'LLEN', 'TYPE']), key(r, 'list')],
  (r) => ['LINDEX', key(r, 'list'), integer(r)],
  (r) => ['LMOVE', key(r, 'list'), key(r, 'list'), r.pick(['LEFT', 'RIGHT', 'right', 'FOO']), r.pick(['LEFT', 'RIGHT', 'FOO'])],
  (r) => ['RPOPLPUSH', key(r, 'list'), key(r, 'list')],
];

export const SETS: readonly Make[] = [
  (r) => [r.pick(['SADD', 'SADD', 'SREM', 'SMISMEMBER']), key(r, 'set'), ...count(r, 1, 3, () => member(r))],
  (r) => [r.pick(['SMEMBERS', 'SCARD']), key(r, 'set')],
  (r) => ['SISMEMBER', key(r, 'set'), member(r)],
  (r) => ['SMOVE', key(r, 'set'), key(r, 'set'), member(r)],
  (r) => [r.pick(['SINTER', 'SUNION', 'SDIFF']), ...count(r, 1, 3, () => key(r, 'set'))],
  (r) => [r.pick(['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE']), key(r, 'set'), ...count(r, 1, 3, () => key(r, 'set'))],
  (r) => ['SPOP', key(r, 'set'), r.pick(['100', '0', '-1', 'x', '100']), ...maybe(r, 0.03, () => ['1'])],
  (r) => ['SRANDMEMBER', key(r, 'set'), r.pick(['100', '0', 'x', '100']), ...maybe(r, 0.03, () => ['1'])],
  (r) => ['SSCAN', key(r, 'set'), r.pick(['0', '0', 'x']), ...scanOptions(r)],
];

export const SORTED: readonly Make[] = [
  (r) => [
    'ZADD',
    key(r, 'sorted'),
    ...options(r, 0.4, ['NX', 'XX', 'GT', 'LT', 'CH', 'INCR', 'ch']),
    ...count(r, 1, 2, () => '').flatMap(() => [score(r), member(r)]),
    ...maybe(r, 0.04, () => ['x']),
  ],
  (r) => ['ZINCRBY', key(r, 'sorted'), score(r), member(r)],
  (r) => [r.pick(['ZREM', 'ZMSCORE']), key(r, 'sorted'), ...count(r, 1, 3, () => member(r))],
  (r) => [
    r.pick(['ZSCORE', 'ZRANK', 'ZREVRANK']),
    key(r, 'sorted'),
    member(r),
    ...maybe(r, 0.2, () => [r.pick(['WITHSCORE', 'withscore', 'FOO'])]),
  ],
  (r) => ['ZCARD', key(r, 'sorted')],
  (r) => ['ZCOUNT', key(r, 'sorted'), bound(r), bound(r)],
  (r) => ['ZLEXCOUNT', key(r, 'sorted'), lexBound(r), lexBound(r)],
  (r) => [
    'ZRANGE',
    key(r, 'sorted'),
    r.pick([integer, bound, lexBound])(r),
    r.pick([integer, bound, lexBound])(r),
    ...options(r, 0.7, ['BYSCORE', 'BYLEX', 'REV', 'WITHSCORES', 'rev', 'FOO']),
    ...limit(r),
  ],
  (r) => ['ZREVRANGE', key(r, 'sorted'), integer(r), integer(r), ...options(r, 0.4, ['WITHSCORES', 'REV'])],
  (r) => [
    r.pick(['ZRANGEBYSCORE', 'ZREVRANGEBYSCORE']),
    key(r, 'sorted'),
    bound(r),
    bound(r),
    ...options(r, 0.4, ['WITHSCORES']),
    ...limit(r),
  ],
  (r) => [r.pick(['ZRANGEBYLEX', 'ZREVRANGEBYLEX']), key(r, 'sorted'), lexBound(r), lexBound(r), ...limit(r)],
  (r) => ['ZREMRANGEBYRANK', key(r, 'sorted'), integer(r), integer(r)],
  (r) => ['ZREMRANGEBYSCORE', key(r, 'sorted'), bound(r), bound(r)],
  (r) => ['ZREMRANGEBYLEX', key(r, 'sorted'), lexBound(r), lexBound(r)],
  (r) => [r.pick(['ZPOPMIN', 'ZPOPMAX']), key(r, 'sorted'), ...maybe(r, 0.5, () => [integer(r)]), ...maybe(r, 0.03, () => ['1'])],
  (r) => ['ZSCAN', key(r, 'sorted'), r.pick(['0', '0', 'x']), ...scanOptions(r)],
];
