import type { Request } from '../support/differential';
import { sample, words, type Case } from './case';
import { jsonSources, numberSources, redisSources, tableSources, textSources } from './script-libraries';
import { scriptSources } from './script-sources';

const script = (source: string, ...rest: string[]): Request => ['EVAL', source, ...(rest.length > 0 ? rest : ['0'])];

export const scriptCases: readonly Case[] = [
  { shows: 'what scripts return, raise and may do', requests: scriptSources.map((source) => script(source)) },
  { shows: 'text, patterns and formats at their edges', requests: textSources.map((source) => script(source)) },
  { shows: 'tables with nil among their items, and ranges', requests: tableSources.map((source) => script(source)) },
  { shows: 'numbers that are too large, or none', requests: numberSources.map((source) => script(source)) },
  { shows: 'JSON and MessagePack at their edges', requests: jsonSources.map((source) => script(source)) },
  { shows: 'the library of the server with wrong arguments', requests: redisSources.map((source) => script(source)) },
  {
    shows: 'keys, arguments and their counts',
    requests: [
      script('return {KEYS,ARGV}', '2', 'a', 'b', 'c'),
      script('return 1', '-1'),
      script('return 1', '3', 'a'),
      script('return 1', 'x'),
      ['EVAL', 'return 1'],
      words('EVALSHA x 0'),
      words('EVALSHA ffffffffffffffffffffffffffffffffffffffff 0'),
    ],
  },
  {
    shows: 'loading, asking for and flushing scripts',
    requests: [
      ['SCRIPT', 'LOAD', 'return 7'],
      words('SCRIPT EXISTS 4ca238f611c9d0ae4e9a75a5dbac22aedc1e44a2 ffff'),
      script('return 8'),
      words('SCRIPT FLUSH'),
      words('SCRIPT FLUSH FOO'),
      words('SCRIPT EXISTS a'),
      words('SCRIPT FOO'),
      words('SCRIPT EXISTS'),
      ['SCRIPT', 'LOAD', 'return +'],
    ],
  },
  {
    shows: 'scripts that only read may not write',
    requests: [
      ['EVAL_RO', 'return redis.call("GET","a")', '0'],
      ['EVAL_RO', 'return redis.call("SET","a",1)', '0'],
      ['EVAL_RO', 'return redis.pcall("JSON.SET","a","$",1)', '0'],
    ],
  },
  {
    shows: 'JSON replies inside scripts',
    requests: [
      sample,
      ...[
        '"JSON.GET","doc"',
        '"JSON.GET","none"',
        '"JSON.TYPE","doc","$.a"',
        '"JSON.NUMINCRBY","doc","$.n",1',
        '"JSON.NUMINCRBY","doc","$.f",1',
        '"JSON.ARRLEN","doc","$.*"',
        '"JSON.SET","doc","$.x.y",1',
        '"JSON.RESP","doc"',
        '"JSON.TOGGLE","doc",".t"',
      ].flatMap((call) => [
        script(`return redis.call(${call})`),
        script(`redis.setresp(3) return redis.call(${call})`),
        script(`local r = redis.call(${call}) return type(r)`),
      ]),
    ],
  },
];
