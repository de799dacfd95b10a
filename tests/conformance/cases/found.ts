import { sample, store, utf8, words, type Case } from './case';

const nested = store('{"a":[1,2,[3]],"0":{"1":"one"},"1":[0,{"b":1}],"c":7,"d":"text"}');

/** Differences that random sequences have found, reduced. */
export const foundCases: readonly Case[] = [
  { shows: 'a lone minus is an unfinished number', requests: [words('JSON.SET doc $ -'), words('JSON.ARRAPPEND doc $ -')] },
  {
    shows: 'doubles outside of JSON text',
    requests: [
      store('[-34861.88347451389,1e16,1e30,1e-7,0.001,-0.0,5e-324]'),
      words('JSON.RESP doc'),
      words('JSON.GET doc FORMAT EXPAND $'),
    ],
  },
  {
    shows: 'doubles whose shortest digits the server does not find, and whole ones',
    requests: ['1e23', '-2e23', '1e15', '4611686018427387904.0', '4611686018427388928.0', '9.5e18', '0.000001', '-0.0'].flatMap(
      (number) => [
        store(`[${number},{"a":${number}}]`),
        words('JSON.RESP doc'),
        ['EVAL', 'redis.setresp(3) return redis.call("JSON.GET", "doc", "FORMAT", "EXPAND")', '0'],
        ['EVAL', 'return redis.call("SET", "k", tonumber(ARGV[1])) and redis.call("GET", "k")', '0', number],
        words(`ZADD z ${number} m`),
        words('ZSCORE z m'),
        words('ZRANGE z 0 -1 WITHSCORES'),
      ],
    ),
  },
  {
    shows: 'errors with letters beyond ASCII',
    requests: [store('{}'), ['JSON.NUMINCRBY', 'doc', utf8(".0['日本','é']"), '9'], ['JSON.GET', 'doc', utf8('.é')]],
  },
  {
    shows: 'text that is no UTF-8',
    requests: [
      sample,
      words('JSON.GET doc .n \xff .s'),
      words('JSON.TYPE doc \xff'),
      words('JSON.STRLEN doc \xff'),
      words('JSON.DEL doc \xff'),
      words('JSON.RESP doc \xff'),
      ['JSON.SET', 'doc', '$', '"\xff"'],
      ['JSON.SET', '\xff', '$', '1'],
      words('JSON.GET \xff'),
    ],
  },
  {
    shows: 'a pop that takes away what the next one would pop from',
    requests: [store('[[],{},[[["x",1,true],[2]]],{"a":[{"b":true}]}]'), words('JSON.ARRPOP doc ..*[*] -1'), words('JSON.GET doc')],
  },
  {
    shows: 'members of objects that pass a filter are looked for by position',
    requests: [
      'JSON.ARRTRIM doc $[?(1!=true)] 0 0',
      'JSON.ARRINSERT doc $[?(1!=true)] -9 0',
      'JSON.ARRPOP doc $[?(1!=true)]',
      'JSON.TOGGLE doc $[?(@==true)]',
      'JSON.SET doc $[?(@==7)] 1',
      'JSON.DEL doc $[?(@==7)]',
    ].flatMap((line) => [nested, words(line), words('JSON.GET doc')]),
  },
  {
    shows: 'what writes weigh that add, merge or fail',
    requests: [
      store('{"b":[""],"a":{"c":false},"d":"x"}'),
      words('JSON.MERGE doc $.bar [2]'),
      words('JSON.DEBUG MEMORY doc'),
      store('{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8}'),
      words('JSON.NUMMULTBY doc $.* {}'),
      words('JSON.STRAPPEND doc $.* 1'),
      words('JSON.DEBUG MEMORY doc'),
      words('JSON.NUMMULTBY doc $.a 2'),
      words('JSON.DEBUG MEMORY doc'),
    ],
  },
  {
    shows: 'powers to the last bit',
    requests: [
      words('JSON.SET doc $ 0.30000000000000004'),
      words('JSON.NUMPOWBY doc $ 3'),
      words('JSON.SET doc $ -1'),
      words('JSON.NUMPOWBY doc $ 1e300'),
    ],
  },
  {
    shows: 'a place that is deleted twice is not deleted',
    requests: [
      store('[1,2,3]'),
      words('JSON.DEL doc $[0,0]'),
      words('JSON.GET doc'),
      words('JSON.DEL doc $[0,1,0]'),
      words('JSON.GET doc'),
    ],
  },
  {
    shows: 'subcommands are checked when they are queued and before scripts run them',
    requests: [
      words('MULTI'),
      words('OBJECT FOO doc'),
      words('EXEC'),
      ['EVAL', "return redis.pcall('OBJECT', 'a')", '0'],
      ['EVAL', "return redis.pcall('OBJECT', 'ENCODING')", '0'],
    ],
  },
  {
    shows: 'arguments are read before the key, or not at all when it is missing',
    requests: [
      words('LINDEX none x'),
      sample,
      words('GETRANGE doc 2 1.5'),
      words('ZRANGE doc - 1'),
      words('ZRANGE none [m -1 BYSCORE BYSCORE'),
      words('ZRANGE none 0 (n REV REV'),
      words('OBJECT REFCOUNT doc'),
      words('SET s 1'),
      words('OBJECT REFCOUNT s'),
    ],
  },
  {
    shows: 'ranges by bytes among members of different scores',
    requests: [
      words('ZADD z 1 m 0.5 o 2 a 2 z'),
      ...['(1 (n', '- +', '[a [n', '(m +', '[z [a', '- (m'].flatMap((range) => [
        words(`ZRANGE z ${range} BYLEX`),
        words(`ZRANGEBYLEX z ${range}`),
        words(`ZREVRANGEBYLEX z ${range.split(' ').reverse().join(' ')}`),
      ]),
    ],
  },
];
