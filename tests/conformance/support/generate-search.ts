import { utf8 } from '../cases/case';
import type { Random } from './random';

type Request = readonly string[];

interface Field {
  readonly name: string;
  readonly path: string;
  readonly type: 'TAG' | 'NUMERIC';
}

const FIELDS: readonly Field[] = [
  { name: 'a', path: '$.a', type: 'TAG' },
  { name: 'b.c', path: '$["b"]["c"]', type: 'TAG' },
  { name: 'l', path: '$["l"]', type: 'TAG' },
  { name: utf8('é _1'), path: '$["é"]', type: 'TAG' },
  { name: 'items.sku', path: '$["items"][*]["sku"]', type: 'TAG' },
  { name: 'n', path: '$.n', type: 'NUMERIC' },
  { name: 'k', path: '$.k', type: 'NUMERIC' },
  { name: 'items.n', path: '$["items"][*]["n"]', type: 'NUMERIC' },
];

const INDEXES = ['one', 'two'];
const KEYS = ['d:1', 'd:2', 'd:3', 'd:4', 'd:5', 'd:6', 'd:7', 'e:1', 'e:2'];
const TEXTS = ['x', 'X', 'y', 'x y', ' x', utf8('é'), utf8('É'), 'true', 'false', 'a,b', '', 'x\u0000y', '1'];
const NUMBERS = ['0', '1', '2', '-1', '1.5', '-2.25', '3', '1e3', '0.1', '9007199254740993', '-0.0'];

const maybe = (random: Random, probability: number, make: () => Request): Request => (random.chance(probability) ? make() : []);

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0] as T);
}

/** An index, and which of its fields may be asked for what. */
interface Index {
  readonly name: string;
  readonly fields: readonly (Field & { readonly options: ReadonlySet<string> })[];
}

function indexOf(random: Random, name: string): Index {
  const fields = shuffled(random, FIELDS)
    .slice(0, 1 + random.below(FIELDS.length))
    .map((field) => {
      const options = field.type === 'TAG' ? ['CASESENSITIVE', 'INDEXEMPTY', 'INDEXMISSING'] : ['INDEXMISSING'];
      const chosen = shuffled(random, options).filter(() => random.chance(0.7));
      return { ...field, options: new Set([...chosen, ...maybe(random, 0.5, () => ['SORTABLE', ...maybe(random, 0.5, () => ['UNF'])])]) };
    });
  return { name, fields };
}

function creation(random: Random, { name, fields }: Index): Request {
  const prefix = random.pick([[], ['PREFIX', '1', 'd:'], ['PREFIX', '2', 'd:', 'e:'], ['PREFIX', '1', 'd:1'], ['PREFIX', '1', '']]);
  const schema = fields.flatMap(({ path, name: field, type, options }) => [utf8(path), 'AS', field, type, ...options]);
  return ['FT.CREATE', name, ...shuffled(random, [['ON', 'JSON'], prefix]).flat(), 'SCHEMA', ...schema];
}

const text = (random: Random): string => JSON.stringify(random.pick(TEXTS));
const number = (random: Random): string => random.pick(NUMBERS);
const wrong = (random: Random): string => random.pick(['{}', '[[]]', '[{}]', 'true', '[true]', '5', '"t"', '[1,"x"]', '{"c":1}']);

function scalar(random: Random, type: Field['type']): string {
  if (random.chance(0.1)) return 'null';
  return type === 'NUMERIC' ? number(random) : random.chance(0.1) ? random.pick(['true', 'false']) : text(random);
}

function list(random: Random, type: Field['type']): string {
  return `[${random.many(0, 3, () => (random.chance(0.15) ? 'null' : type === 'NUMERIC' ? number(random) : text(random))).join()}]`;
}

function value(random: Random, type: Field['type']): string {
  if (random.chance(0.04)) return wrong(random);
  return random.chance(0.08) ? list(random, type) : scalar(random, type);
}

function item(random: Random): string {
  const members = [
    ...maybe(random, 0.8, () => [`"sku":${random.chance(0.05) ? list(random, 'TAG') : text(random)}`]),
    ...maybe(random, 0.8, () => [`"n":${random.chance(0.05) ? list(random, 'NUMERIC') : number(random)}`]),
  ];
  return `{${members.join()}}`;
}

const MEMBERS: readonly (readonly [name: string, make: (random: Random) => string])[] = [
  ['a', (r) => value(r, 'TAG')],
  ['b', (r) => (r.chance(0.9) ? `{"c":${value(r, 'TAG')}}` : value(r, 'TAG'))],
  ['l', (r) => (r.chance(0.7) ? list(r, 'TAG') : value(r, 'TAG'))],
  [utf8('é'), (r) => value(r, 'TAG')],
  ['items', (r) => `[${r.many(0, 3, () => item(r)).join()}]`],
  ['n', (r) => value(r, 'NUMERIC')],
  ['k', (r) => (r.chance(0.7) ? list(r, 'NUMERIC') : value(r, 'NUMERIC'))],
];

function documentText(random: Random): string {
  if (random.chance(0.02)) return random.pick(['5', '[]', '"x"', 'null']);
  const members = MEMBERS.filter(() => random.chance(0.75)).map(([name, make]) => `"${name}":${make(random)}`);
  return `{${members.join()}}`;
}

function change(random: Random): Request {
  const key = random.pick(KEYS);
  const [name, make] = random.pick(MEMBERS);
  return random.pick<() => Request>([
    () => ['JSON.SET', key, '$', documentText(random)],
    () => ['JSON.SET', key, '$', documentText(random)],
    () => ['JSON.SET', key, '$', documentText(random)],
    () => ['JSON.SET', key, `$["${name}"]`, make(random)],
    () => ['JSON.SET', key, `$["${name}"]`, make(random)],
    () => ['JSON.DEL', key, `$["${name}"]`],
    () => ['JSON.MERGE', key, '$', `{"${name}":${random.chance(0.3) ? 'null' : make(random)}}`],
    () => ['JSON.ARRAPPEND', key, '$.l', text(random)],
    () => ['JSON.ARRPOP', key, '$.k'],
    () => ['JSON.NUMINCRBY', key, '$.n', '1'],
    () => ['JSON.ARRAPPEND', key, '$.items', item(random)],
    () => [random.pick(['DEL', 'UNLINK', 'JSON.DEL']), key],
    () => ['RENAMENX', key, random.pick(KEYS)],
    () => ['COPY', key, random.pick(KEYS), 'REPLACE'],
    () => ['EXPIRE', key, random.pick(['0', '1000'])],
    () => ['SET', key, 'x'],
    () => ['EVAL', "return redis.call('JSON.SET', KEYS[1], '$', ARGV[1])", '1', key, documentText(random)],
  ])();
}

const escaped = (name: string): string => name.replace(/[!-/:-@[-`{-~ ]/g, (mark) => (mark === '_' ? mark : `\\${mark}`));

/** Gives a value a name and remembers it. */
type Name = (text: string) => string;

function condition(random: Random, fields: Index['fields'], name: Name): string {
  const field = random.chance(0.97)
    ? random.pick(fields)
    : { name: 'none', type: random.pick(['TAG', 'NUMERIC'] as const), options: new Set() };
  const attribute = escaped(field.name);
  if (random.chance(0.2) && (field.options.has('INDEXMISSING') || random.chance(0.02))) return `ismissing(@${attribute})`;
  if ((field.type === 'NUMERIC') !== random.chance(0.03)) return `@${attribute}:[${range(random, name)}]`;
  const texts = random.many(1, 3, () => random.pick(TEXTS.filter((one) => one !== '' || field.options.has('INDEXEMPTY'))));
  return `@${attribute}:{${texts.map((one) => `$${name(one)}`).join(random.pick(['|', ' | ']))}}`;
}

function range(random: Random, name: Name): string {
  const bound = (): string => {
    const end = random.pick([...NUMBERS, '-inf', '+inf', 'inf']);
    return `${random.chance(0.3) ? '(' : ''}${random.chance(0.7) ? `$${name(end)}` : end}`;
  };
  return `${bound()} ${bound()}`;
}

function query(random: Random, fields: Index['fields'], how: { readonly name: Name; readonly depth: number }): string {
  const inner = (): string => query(random, fields, { ...how, depth: how.depth - 1 });
  if (how.depth === 0 || random.chance(0.3)) return condition(random, fields, how.name);
  return random.pick([
    () => `${inner()} ${inner()}`,
    () => `${inner()} ${inner()}`,
    () => `${inner()}${random.pick(['|', ' | '])}${inner()}`,
    () => `-${inner()}`,
    () => `-${inner()}`,
    () => `(${inner()})`,
    () => `(${inner()})`,
  ])();
}

function search(random: Random, { name: index, fields }: Index): Request {
  const parameters: string[] = [];
  const name: Name = (one) => {
    parameters.push(one);
    return `p${parameters.length - 1}`;
  };
  const asked = random.chance(0.15) ? random.pick(['*', '(*)', '']) : query(random, fields, { name, depth: 3 });
  const sortable = fields.filter(({ options }) => options.has('SORTABLE'));
  const sort = maybe(random, sortable.length > 0 ? 0.5 : 0, () => [
    random.pick(sortable).name,
    ...maybe(random, 0.6, () => [random.pick(['ASC', 'DESC'])]),
  ]);
  const returned = fields.map((field) => field.name).filter((one) => one !== sort[0]);
  const options = [
    ['DIALECT', '2'],
    parameters.length === 0 ? [] : ['PARAMS', String(parameters.length * 2), ...parameters.flatMap((one, at) => [`p${at}`, one])],
    sort.length === 0 ? [] : ['SORTBY', ...sort],
    random.pick([[], [], ['NOCONTENT'], ['RETURN', '1', '$'], ['RETURN', '0'], ['RETURN', String(returned.length), ...returned]]),
    random.pick([
      [],
      ['LIMIT', '0', '100'],
      ['LIMIT', '0', '100'],
      ['LIMIT', '0', '0'],
      ['LIMIT', String(random.below(4)), String(random.below(4))],
    ]),
    maybe(random, 0.1, () => ['TIMEOUT', '0']),
  ];
  return ['FT.SEARCH', index, asked, ...shuffled(random, options).flat()];
}

/** Documents that come, change and go under indexes, and searches for them. Indexes come first: the real server indexes existing documents only later. */
export function searchSequence(random: Random, length: number): Request[] {
  const indexes = INDEXES.map((name) => indexOf(random, name));
  const requests: Request[] = [['FLUSHALL'], ['HELLO', random.pick(['2', '3'])], ...indexes.map((index) => creation(random, index))];
  requests.push(...KEYS.map((key) => ['JSON.SET', key, '$', documentText(random)]));
  while (requests.length < length) {
    const roll = random.next();
    if (roll < 0.3) requests.push(change(random));
    else if (roll < 0.303) requests.push(random.pick([['FT.DROPINDEX', 'two'], ['FT.DROPINDEX', 'one', 'DD'], ['FLUSHDB'], ['FT._LIST']]));
    else requests.push(search(random, random.pick(indexes)));
  }
  return [...requests, ['KEYS', '*']];
}

const TOKENS = [
  '@a',
  '@b\\.c',
  ':',
  ':{',
  ':[',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '|',
  '-',
  '*',
  '$p',
  '$q',
  '1 ',
  '-inf ',
  'ismissing(',
  '@n:[1 2]',
  '@a:{$p}',
];

/** Queries of words in any order, most of which mean nothing. */
export function syntaxSequence(random: Random, length: number): Request[] {
  const schema = ['$.a', 'AS', 'a', 'TAG', '$.b.c', 'AS', 'b.c', 'TAG', 'INDEXMISSING', '$.n', 'AS', 'n', 'NUMERIC', 'INDEXMISSING'];
  const requests: Request[] = [['FLUSHALL'], ['HELLO', '2'], ['FT.CREATE', 'one', 'ON', 'JSON', 'SCHEMA', ...schema]];
  for (const member of ['"a":"x"', '"n":1', '"b":{"c":"y"},"n":2', '"a":"y","n":5'])
    requests.push(['JSON.SET', `d:${requests.length}`, '$', `{${member}}`]);
  while (requests.length < length) {
    const asked = random.many(1, 8, () => random.pick(TOKENS)).join(random.chance(0.5) ? ' ' : '');
    requests.push(['FT.SEARCH', 'one', asked, 'PARAMS', '2', 'p', 'x', 'DIALECT', '2']);
  }
  return requests;
}
