import { anyText, jsonText, numberText } from './generate-json';
import { anyPath, staticPath } from './generate-path';
import type { Random } from './random';

type Request = readonly string[];
type Make = (random: Random) => Request;

const jsonKeys = ['j1', 'j2', 'j3'];
const otherKeys = ['s1', 'h1', 'l1', 'z1', 'none'];
const anyKey = (random: Random): string => (random.chance(0.9) ? random.pick(jsonKeys) : random.pick(otherKeys));
const plainKey = (random: Random): string => (random.chance(0.85) ? random.pick(otherKeys) : random.pick(jsonKeys));
const path = (random: Random): string => (random.chance(0.6) ? staticPath(random) : anyPath(random));
const integer = (random: Random): string =>
  random.pick(['0', '1', '2', '-1', '-2', '3', '-3', '10', '-10', '99', '9223372036854775807', '-5', 'x', '1.5', '']);
const maybe = (random: Random, probability: number, make: () => Request): Request => (random.chance(probability) ? make() : []);

const formats = (random: Random): Request => ['FORMAT', random.pick(['STRING', 'STRINGS', 'EXPAND', 'EXPAND1', 'JSON', 'expand', 'foo'])];

const layout = (random: Random): Request =>
  random.many(0, 3, () => [random.pick(['INDENT', 'NEWLINE', 'SPACE', 'indent']), random.pick(['', ' ', '\t', '\n', ' \n'])]).flat();

const jsonMakers: readonly (readonly [number, Make])[] = [
  [10, (r) => ['JSON.SET', anyKey(r), '$', anyText(r), ...maybe(r, 0.1, () => [r.pick(['NX', 'XX', 'nx', 'FOO'])])]],
  [
    10,
    (r) => [
      'JSON.SET',
      anyKey(r),
      path(r),
      anyText(r),
      ...maybe(r, 0.15, () => r.many(1, 2, () => r.pick(['NX', 'XX', 'xx', 'FOO', 'FORMAT', 'JSON']))),
    ],
  ],
  [8, (r) => ['JSON.GET', anyKey(r), ...r.many(0, 1, () => path(r))]],
  [4, (r) => ['JSON.GET', anyKey(r), ...layout(r), ...r.many(0, 3, () => anyPath(r))]],
  [3, (r) => ['JSON.GET', anyKey(r), ...r.many(0, 1, () => path(r)), ...formats(r), ...r.many(0, 2, () => anyPath(r))]],
  [3, (r) => ['JSON.MGET', ...r.many(0, 3, () => anyKey(r)), path(r)]],
  [
    3,
    (r) => [
      'JSON.MSET',
      ...r.many(1, 3, () => [anyKey(r), r.chance(0.6) ? '$' : path(r), anyText(r)]).flat(),
      ...maybe(r, 0.05, () => ['j1']),
    ],
  ],
  [5, (r) => ['JSON.MERGE', anyKey(r), path(r), anyText(r), ...maybe(r, 0.03, () => ['FOO'])]],
  [
    5,
    (r) => [
      r.pick(['JSON.DEL', 'JSON.FORGET', 'JSON.DEL']),
      anyKey(r),
      ...maybe(r, 0.95, () => [r.chance(0.5) ? staticPath(r) : anyPath(r)]),
    ],
  ],
  [3, (r) => ['JSON.CLEAR', anyKey(r), ...r.many(0, 2, () => anyPath(r))]],
  [4, (r) => ['JSON.TOGGLE', anyKey(r), anyPath(r)]],
  [
    6,
    (r) => [
      r.pick(['JSON.NUMINCRBY', 'JSON.NUMMULTBY', 'JSON.NUMINCRBY', 'JSON.NUMPOWBY']),
      anyKey(r),
      anyPath(r),
      r.chance(0.9) ? numberText(r) : anyText(r),
    ],
  ],
  [
    4,
    (r) => [
      'JSON.STRAPPEND',
      anyKey(r),
      ...maybe(r, 0.9, () => [anyPath(r)]),
      r.chance(0.9) ? r.pick(['"x"', '"yz"', '"\\u00e9"']) : anyText(r),
    ],
  ],
  [2, (r) => ['JSON.STRLEN', anyKey(r), ...r.many(0, 1, () => anyPath(r))]],
  [6, (r) => ['JSON.ARRAPPEND', anyKey(r), anyPath(r), ...r.many(r.chance(0.05) ? 0 : 1, 3, () => anyText(r))]],
  [4, (r) => ['JSON.ARRINDEX', anyKey(r), anyPath(r), anyText(r), ...r.many(0, 2, () => integer(r))]],
  [4, (r) => ['JSON.ARRINSERT', anyKey(r), anyPath(r), integer(r), ...r.many(r.chance(0.05) ? 0 : 1, 3, () => anyText(r))]],
  [2, (r) => ['JSON.ARRLEN', anyKey(r), ...r.many(0, 1, () => anyPath(r))]],
  [
    4,
    (r) => [
      'JSON.ARRPOP',
      anyKey(r),
      ...maybe(r, 0.1, () => formats(r)),
      ...maybe(r, 0.9, () => [anyPath(r), ...r.many(0, 1, () => integer(r))]),
    ],
  ],
  [3, (r) => ['JSON.ARRTRIM', anyKey(r), anyPath(r), integer(r), integer(r)]],
  [2, (r) => ['JSON.OBJKEYS', anyKey(r), ...r.many(0, 1, () => anyPath(r))]],
  [2, (r) => ['JSON.OBJLEN', anyKey(r), ...r.many(0, 1, () => anyPath(r))]],
  [3, (r) => ['JSON.TYPE', anyKey(r), ...r.many(0, 1, () => anyPath(r))]],
  [2, (r) => ['JSON.RESP', anyKey(r), ...r.many(0, 1, () => anyPath(r))]],
  [2, (r) => ['JSON.DEBUG', r.pick(['MEMORY', 'memory', 'MEMORY', 'HELP', 'FOO']), anyKey(r), ...r.many(0, 1, () => path(r))]],
  [
    1,
    (r) => [
      r.pick(['JSON.GET', 'JSON.SET', 'JSON.DEL', 'JSON.ARRAPPEND', 'JSON.FOO', 'JSON.MGET', 'JSON.MSET', 'JSON.ARRTRIM', 'JSON.RESP']),
      ...r.many(0, 2, () => anyKey(r)),
    ],
  ],
];

const ttl = (random: Random): string =>
  random.pick(['100000', '1000000', '5000000', '0', '-1', 'x', '99999999999999999999', '9223372036854775807']);

const keyMakers: readonly (readonly [number, Make])[] = [
  [3, (r) => [r.pick(['DEL', 'UNLINK', 'EXISTS', 'TOUCH']), ...r.many(1, 3, () => plainKey(r))]],
  [2, (r) => ['TYPE', plainKey(r)]],
  [2, (r) => ['RENAME', anyKey(r), plainKey(r)]],
  [1, (r) => ['RENAMENX', anyKey(r), plainKey(r)]],
  [3, (r) => ['COPY', anyKey(r), anyKey(r), ...maybe(r, 0.4, () => [r.pick(['REPLACE', 'DB', 'FOO'])])]],
  [
    3,
    (r) => [
      r.pick(['EXPIRE', 'PEXPIRE']),
      plainKey(r),
      ttl(r),
      ...maybe(r, 0.3, () => r.many(1, 2, () => r.pick(['NX', 'XX', 'GT', 'LT', 'FOO']))),
    ],
  ],
  [2, (r) => [r.pick(['TTL', 'PTTL', 'EXPIRETIME', 'PERSIST']), plainKey(r)]],
  [1, (r) => ['KEYS', r.pick(['*', 'j*', '?1', '[hj]1', 'n[^x]ne', 's\\1', ''])]],
  [1, (r) => ['OBJECT', r.pick(['REFCOUNT', 'ENCODING', 'FOO']), r.pick(jsonKeys)]],
  [1, () => ['DBSIZE']],
  [
    4,
    (r) => [
      'SET',
      plainKey(r),
      r.pick(['1', 'x', '', '10', '{"a":1}', '3.5']),
      ...maybe(r, 0.3, () => r.many(1, 3, () => r.pick(['NX', 'XX', 'GET', 'KEEPTTL', 'EX', 'PX', '100000', '5000000', '0', 'FOO']))),
    ],
  ],
  [3, (r) => ['GET', plainKey(r)]],
  [1, (r) => [r.pick(['GETDEL', 'STRLEN', 'INCR', 'DECR']), plainKey(r)]],
  [1, (r) => [r.pick(['INCRBY', 'DECRBY']), plainKey(r), integer(r)]],
  [1, (r) => ['INCRBYFLOAT', plainKey(r), r.pick(['1.5', '0.25', '-2', 'x', '1e5'])]],
  [1, (r) => ['APPEND', plainKey(r), 'z']],
  [1, (r) => ['GETRANGE', plainKey(r), integer(r), integer(r)]],
  [1, (r) => ['MGET', ...r.many(1, 3, () => plainKey(r))]],
  [1, (r) => ['MSET', ...r.many(1, 3, () => [plainKey(r), 'v']).flat(), ...maybe(r, 0.1, () => ['x'])]],
  [3, (r) => ['HSET', r.pick(['h1', 'h1', 'j1']), ...r.many(1, 2, () => [r.pick(['f', 'g']), r.pick(['1', 'x', '2.5'])]).flat()]],
  [2, (r) => [r.pick(['HGETALL', 'HKEYS', 'HVALS', 'HLEN']), r.pick(['h1', 's1'])]],
  [1, (r) => [r.pick(['HGET', 'HDEL', 'HEXISTS']), 'h1', r.pick(['f', 'g', 'none'])]],
  [1, (r) => [r.pick(['HINCRBY', 'HINCRBYFLOAT']), 'h1', r.pick(['f', 'g']), r.pick(['1', '2.5', 'x'])]],
  [3, (r) => [r.pick(['LPUSH', 'RPUSH', 'LPUSHX']), 'l1', ...r.many(1, 3, () => r.pick(['a', 'b', 'c']))]],
  [2, (r) => [r.pick(['LPOP', 'RPOP']), 'l1', ...maybe(r, 0.3, () => [integer(r)])]],
  [2, (r) => ['LRANGE', 'l1', integer(r), integer(r)]],
  [1, (r) => [r.pick(['LTRIM', 'LREM']), 'l1', integer(r), integer(r)]],
  [1, (r) => ['LINDEX', 'l1', integer(r)]],
  [
    3,
    (r) => [
      'ZADD',
      'z1',
      ...maybe(r, 0.3, () => [r.pick(['NX', 'XX', 'GT', 'LT', 'CH', 'INCR'])]),
      ...r.many(1, 2, () => [r.pick(['1', '2', '1.5', '-1', 'inf', '1e20', '1e-7', 'x']), r.pick(['m', 'n', 'o'])]).flat(),
    ],
  ],
  [
    2,
    (r) => [
      'ZRANGE',
      'z1',
      r.pick(['0', '-inf', '(1', '-', '[m']),
      r.pick(['-1', '+inf', '2', '+', '(n']),
      ...r.many(0, 2, () => r.pick(['BYSCORE', 'BYLEX', 'REV', 'WITHSCORES'])),
    ],
  ],
  [
    1,
    (r) => [
      r.pick(['ZRANGEBYSCORE', 'ZREVRANGEBYSCORE']),
      'z1',
      r.pick(['-inf', '(1', '1']),
      r.pick(['+inf', '2', '(2']),
      ...maybe(r, 0.5, () => ['WITHSCORES']),
      ...maybe(r, 0.3, () => ['LIMIT', '0', '1']),
    ],
  ],
  [1, (r) => [r.pick(['ZSCORE', 'ZRANK', 'ZREM', 'ZREVRANK']), 'z1', r.pick(['m', 'n', 'none'])]],
  [1, (r) => [r.pick(['ZPOPMIN', 'ZPOPMAX', 'ZCARD']), 'z1']],
  [1, (r) => ['ECHO', r.pick(['', 'x'])]],
  [1, (r) => [r.pick(['FOO', 'GET', 'SET', 'CLIENT', 'OBJECT']), ...r.many(0, 2, () => r.pick(['a', 'FOO']))]],
];

const scripts = [
  'return redis.call(ARGV[1], unpack(ARGV, 2))',
  'return redis.pcall(ARGV[1], unpack(ARGV, 2))',
  'local r = redis.pcall(ARGV[1], unpack(ARGV, 2)) if type(r) == "table" and r.err then return "caught: " .. r.err end return r',
  'redis.setresp(3) return redis.call(ARGV[1], unpack(ARGV, 2))',
  'local ok, e = pcall(redis.call, ARGV[1], unpack(ARGV, 2)) return {tostring(ok), type(e), type(e) == "table" and e.err or e}',
  'return {type(redis.call(ARGV[1], unpack(ARGV, 2)))}',
  'local r = redis.call(ARGV[1], unpack(ARGV, 2))\n\nif type(r) == "string" then return cjson.encode(cjson.decode(r)) end\nreturn r',
  'local t = {} for i, v in ipairs(ARGV) do t[#t + 1] = i .. ":" .. v end return table.concat(t, ",")',
  'return {1, 2.7, "x", true, false, {ok = "fine"}, nil, 5}',
  'return redis.error_reply(ARGV[1])',
  'error(ARGV[1])',
  'error({err = "MY " .. ARGV[1]})',
  'return undefinedthing',
  'local x = nil\nreturn x.y',
  'return #KEYS + #ARGV',
  'return string.format("%d %5.2f %s %q %x", 42, 3.14159, ARGV[1], "a\\"b", 255)',
  'return {string.find("hello world", "o w"), string.match("key=val", "(%w+)=(%w+)"), (string.gsub("abc", "%w", "%0%0"))}',
  'return tostring(1e15) .. tostring(0.1) .. tostring(10/2) .. tostring(-0) .. tostring(1e100)',
  'return tonumber(ARGV[1]) or "nan"',
  'return redis.call("SET", KEYS[1], 1.5) and redis.call("GET", KEYS[1])',
  'return redis.sha1hex(ARGV[1])',
  'local a = 1 +',
  'x = 5',
  'return cjson.decode(ARGV[1])',
  'return ARGV[1] + 1',
  'return ARGV[1] < 1',
  'return {pcall(error, {code = 1})}',
];

/** A request of the JSON family. */
function jsonRequest(random: Random): Request {
  return weighted(random, jsonMakers);
}

/** Any single request. */
function plainRequest(random: Random): Request {
  return random.chance(0.75) ? jsonRequest(random) : weighted(random, keyMakers);
}

function scriptRequest(random: Random): Request {
  const keys = random.many(0, 2, () => anyKey(random));
  return [
    'EVAL',
    random.pick(scripts),
    random.chance(0.97) ? String(keys.length) : random.pick(['-1', '99', 'x']),
    ...keys,
    ...plainRequest(random),
  ];
}

/** Documents in which most paths find something. */
const richDocuments = [
  '{"a":[1,2.5,"foo",true,null,{"a":1,"b":[1,2,3]},[4,5]],"b":{"a":"x","b":{"a":2},"c":[]},"c":7,"d":"text","foo":{"bar":{"foo":[true,false]}},"bar":1.25,"0":{"1":"one"},"1":[0,{"foo":"bar"}]}',
  '[{"a":1,"b":"foo","c":true},{"a":2.5,"b":"bar","c":[1,2]},{"a":"1","d":{"a":[[],{}]}},[[1,2],[3,[4]]],"foo",42,null]',
  '{"a":{"a":{"a":{"a":1}}},"b":[[[[1]]]],"c":{"0":5,"1":6,"2":[7]},"d":[{"0":{"1":true}},"",0.1,-0.0,9223372036854775807]}',
];

/** A sequence of requests as one client sends them: documents first, then anything, transactions and scripts included. */
export function requestSequence(random: Random, length: number): Request[] {
  const requests: Request[] = [['FLUSHALL'], ['HELLO', random.pick(['2', '3'])]];
  for (const key of jsonKeys) requests.push(['JSON.SET', key, '$', random.chance(0.5) ? random.pick(richDocuments) : jsonText(random, 4)]);
  while (requests.length < length) {
    const roll = random.next();
    if (roll < 0.06) requests.push(scriptRequest(random));
    else if (roll < 0.09) requests.push(...transaction(random));
    else if (roll < 0.095) requests.push(['WATCH', anyKey(random)]);
    else if (roll < 0.1) requests.push([random.pick(['EXEC', 'DISCARD', 'UNWATCH'])]);
    else requests.push(plainRequest(random));
  }
  return [...requests, ...finalLook()];
}

function transaction(random: Random): Request[] {
  const inner = random.many(0, 4, () => (random.chance(0.1) ? scriptRequest(random) : plainRequest(random)));
  return [
    ...(maybe(random, 0.3, () => ['WATCH', anyKey(random)]).length > 0 ? [['WATCH', anyKey(random)]] : []),
    ['MULTI'],
    ...inner,
    [random.chance(0.9) ? 'EXEC' : 'DISCARD'],
  ];
}

function finalLook(): Request[] {
  const look = (key: string): Request[] => [
    ['TYPE', key],
    ['JSON.GET', key],
    ['JSON.DEBUG', 'MEMORY', key],
  ];
  return [['DISCARD'], ...jsonKeys.flatMap(look), ['KEYS', '*']];
}

function weighted(random: Random, makers: readonly (readonly [number, Make])[]): Request {
  let left = random.next() * makers.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, make] of makers) {
    left -= weight;
    if (left < 0) return make(random);
  }
  return ['PING'];
}
