import { sample, store, words, type Case } from './case';

export const arrayCases: readonly Case[] = [
  {
    shows: 'JSON.ARRINSERT at every index',
    requests: ['-4', '-3', '-1', '0', '1', '3', '4', 'x'].flatMap((at) => [
      store('[1,2,3]'),
      ['JSON.ARRINSERT', 'doc', '$', at, '"new"', '{}'],
      words('JSON.GET doc'),
    ]),
  },
  {
    shows: 'JSON.ARRPOP at every index',
    requests: ['-9', '-3', '-1', '0', '2', '9', 'x'].flatMap((at) => [
      store('[1,2,3]'),
      ['JSON.ARRPOP', 'doc', '$', at],
      words('JSON.GET doc'),
    ]),
  },
  {
    shows: 'JSON.ARRTRIM with every pair of ends',
    requests: ['-9', '-2', '0', '1', '2', '9'].flatMap((start) =>
      ['-9', '-1', '0', '1', '9'].flatMap((stop) => [store('[1,2,3]'), ['JSON.ARRTRIM', 'doc', '$', start, stop], words('JSON.GET doc')]),
    ),
  },
  {
    shows: 'JSON.ARRINDEX with ranges and values of every kind',
    requests: [
      store('[1,1.0,"1",null,true,{"a":1},[1],1]'),
      ...['1', '1.0', '"1"', 'null', 'true', '{"a":1}', '[1]', '2'].flatMap((value) => [
        ['JSON.ARRINDEX', 'doc', '$', value],
        ['JSON.ARRINDEX', 'doc', '.', value, '1'],
        ['JSON.ARRINDEX', 'doc', '$', value, '-1', '0'],
        ['JSON.ARRINDEX', 'doc', '$', value, '1', '-1'],
      ]),
    ],
  },
  {
    shows: 'JSON.DEL of slices, unions and nested matches',
    requests: ['$[1:3]', '$[0,-1]', '$..a', '$[*]', '$[?(@.a)]', '$..*', '$[0,0]'].flatMap((path) => [
      store('[{"a":{"a":1}},1,[2,{"a":3}],4]'),
      ['JSON.DEL', 'doc', path],
      words('JSON.GET doc'),
    ]),
  },
  {
    shows: 'the silent answers: nothing found, nothing suitable, nothing there',
    requests: [
      sample,
      ...['$.missing', '$.s', '$.a[*]'].flatMap((path) => [
        ['JSON.ARRAPPEND', 'doc', path, '1'],
        ['JSON.NUMINCRBY', 'doc', path, '1'],
        ['JSON.STRAPPEND', 'doc', path, '"x"'],
        ['JSON.ARRTRIM', 'doc', path, '0', '0'],
        ['JSON.TOGGLE', 'doc', path],
        ['JSON.SET', 'doc', `${path}.x.y`, '1'],
      ]),
    ],
  },
];

export const writeCases: readonly Case[] = [
  {
    shows: 'JSON.SET with conditions, at the root, at members, past the end of arrays',
    requests: [[], ['NX'], ['XX'], ['nx'], ['NX', 'XX'], ['FORMAT', 'JSON'], ['FORMAT', 'json'], ['FORMAT'], ['FOO']].flatMap((options) =>
      ['$', '.', '$.n', '$.new', '$.o.new', '$.missing.new', '$.a[0]', '$.a[9]', '$..k', '$..new', '.x'].flatMap((path) => [
        sample,
        ['JSON.SET', 'doc', path, '"v"', ...options],
        words('JSON.GET doc'),
        words('DEL none'),
        ['JSON.SET', 'none', path, '1', ...options],
      ]),
    ),
  },
  {
    shows: 'JSON.MERGE as RFC 7396 has it',
    requests: [
      ['$', '{"n":null,"o":{"k":null,"m":{"x":null}},"new":{"y":null}}'],
      ['$.o', '{"k":[1]}'],
      ['$.fresh', '{"y":null}'],
      ['$.a', '{"x":1}'],
      ['$..k', '5'],
      ['$', '3'],
      ['$.missing.x', '1'],
      ['$', 'null'],
    ].flatMap(([path = '', patch = '']) => [sample, ['JSON.MERGE', 'doc', path, patch], words('JSON.GET doc')]),
  },
  {
    shows: 'JSON.MSET checks all before it writes any',
    requests: [
      words('JSON.MSET a $ 1 b $ 2'),
      words('JSON.MGET a b c $'),
      words('JSON.MSET a $ 3 c .x 1'),
      words('JSON.MGET a b c .'),
      words('JSON.MSET a $ 3 b'),
      words('JSON.MSET a $ 3 b $ {'),
      words('JSON.MGET a b $'),
      words('JSON.MSET a'),
      words('JSON.MGET a'),
      ['SET', 's', 'x'],
      words('JSON.MGET a s $'),
      words('JSON.MSET a $ 9 s $ 1'),
    ],
  },
  {
    shows: 'JSON.GET with layout and formats',
    requests: [
      sample,
      words('JSON.GET doc INDENT - NEWLINE | SPACE _'),
      words('JSON.GET doc INDENT - NEWLINE | SPACE _ $.a'),
      words('JSON.GET doc NOESCAPE $.s'),
      words('JSON.GET doc FORMAT EXPAND'),
      words('JSON.GET doc FORMAT EXPAND $.a $.n'),
      words('JSON.GET doc FORMAT EXPAND1 $.a[*]'),
      words('JSON.GET doc $.a FORMAT EXPAND'),
      words('JSON.GET doc FORMAT STRING $'),
      words('JSON.GET doc FORMAT STRINGS $'),
      words('JSON.GET doc FORMAT foo'),
      words('JSON.GET doc INDENT'),
      words('JSON.ARRPOP doc FORMAT EXPAND $.a'),
      words('JSON.ARRPOP doc FORMAT STRINGS $.a 0'),
      words('JSON.ARRPOP doc FORMAT EXPAND .a'),
      words('JSON.ARRPOP doc FORMAT'),
    ],
  },
  {
    shows: 'JSON.DEBUG and what documents weigh',
    requests: [
      words('JSON.DEBUG'),
      words('JSON.DEBUG FOO'),
      words('JSON.DEBUG HELP'),
      sample,
      words('JSON.DEBUG MEMORY doc'),
      words('JSON.DEBUG MEMORY doc $.*'),
      words('JSON.ARRAPPEND doc $.a 1 2 3'),
      words('JSON.DEBUG MEMORY doc .a'),
      words('JSON.DEL doc $.o'),
      words('JSON.DEBUG MEMORY doc'),
      words('MEMORY USAGE doc'),
      words('JSON.DEBUG MEMORY none $'),
      words('JSON.DEBUG MEMORY none'),
    ],
  },
];
