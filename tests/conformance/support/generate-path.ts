import { names } from './generate-json';
import type { Random } from './random';

const plain = ['a', 'b', 'c', 'd', 'foo', 'bar', '0', '1'];
const index = (random: Random): string => String(random.pick([0, 0, 1, 1, 2, 3, -1, -2, -3, 5, 99]));

/** A name in brackets, quoted one way or the other. */
function quotedName(random: Random): string {
  const name = random.chance(0.8) ? random.pick(plain) : random.pick(names);
  const quote = random.pick(['"', "'"]);
  return quote + (random.chance(0.3) ? name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) : name) + quote;
}

function bracket(random: Random): string {
  const roll = random.next();
  if (roll < 0.3) return index(random);
  if (roll < 0.4) return random.many(2, 3, () => index(random)).join(random.pick([',', ', ']));
  if (roll < 0.6) return quotedName(random);
  if (roll < 0.68) return random.many(2, 3, () => quotedName(random)).join(',');
  if (roll < 0.8) return range(random);
  if (roll < 0.87) return '*';
  return `?${filter(random, 2)}`;
}

function range(random: Random): string {
  const end = (): string => (random.chance(0.3) ? '' : index(random));
  return `${end()}:${end()}${random.chance(0.3) ? `:${random.pick(['1', '2', '3', '', '0', '-1'])}` : ''}`;
}

function term(random: Random, depth: number): string {
  const roll = random.next();
  if (roll < 0.45) return `@${random.chance(0.2) ? '' : step(random, depth)}`;
  if (roll < 0.55) return `$${step(random, depth)}`;
  if (roll < 0.75) return random.pick(['0', '1', '2', '-1', '1.5', '10', '9223372036854775808', '100000000000000000000.5']);
  if (roll < 0.9) return random.pick(['"a"', "'foo'", '"b"', '"^f"', "'.*o$'", '"(?i)FOO"', '"["', "'it\\'s'", '"q\\"q"', '""']);
  return random.pick(['true', 'false', 'null']);
}

function filter(random: Random, depth: number): string {
  const comparison = (): string =>
    random.chance(0.25)
      ? term(random, depth - 1)
      : `${term(random, depth - 1)}${random.pick(['==', '!=', '<', '<=', '>', '>=', '=~', ' == ', ' > '])}${term(random, depth - 1)}`;
  const operand = (): string => (depth > 0 && random.chance(0.2) ? `(${filter(random, depth - 1)})` : comparison());
  const text = random.many(1, 3, operand).reduce((left, right) => `${left}${random.pick(['&&', '||', ' && ', ' || '])}${right}`);
  return random.chance(0.8) ? `(${text})` : text;
}

function step(random: Random, depth: number): string {
  const roll = random.next();
  if (roll < 0.4) return `.${random.pick(plain)}`;
  if (roll < 0.45) return '.*';
  if (roll < 0.5) return `..${random.pick(plain)}`;
  if (roll < 0.53) return random.pick(['..*', '..[0]', '..["a"]']);
  if (depth <= 0) return `[${index(random)}]`;
  return `${random.chance(0.05) ? '.' : ''}[${bracket(random)}]`;
}

/** A path of either dialect, now and then a broken one. */
export function anyPath(random: Random): string {
  const roll = random.next();
  if (roll < 0.18) return '$';
  if (roll < 0.22) return '.';
  const steps = random.many(1, 3, () => step(random, 2)).join('');
  const path = roll < 0.8 ? `$${steps}` : random.chance(0.5) ? steps : steps.replace(/^\./, '');
  if (random.chance(0.03)) {
    const at = random.below(path.length + 1);
    return random.chance(0.5)
      ? path.slice(0, at)
      : path.slice(0, at) + random.pick(['.', '[', ']', '"', "'", '$', '@', ' ', '?', '(', '&', '*', ',', '\\']) + path.slice(at);
  }
  return random.chance(0.01)
    ? random.pick([
        '',
        ' ',
        '$$',
        '$a',
        '$.',
        '..',
        '...',
        '[',
        ']',
        '@',
        '*',
        '$[',
        '.*',
        '..a',
        '$ ',
        ' $',
        '$ .a',
        '$. a',
        '$.a .b',
        '$[ 0 ]',
        '$["a" ]',
        '$[0 , 1]',
      ])
    : path;
}

/** A path that addresses at most one value, as writes use them. */
export function staticPath(random: Random): string {
  if (random.chance(0.15)) return '$';
  return `$${random.many(1, 3, () => (random.chance(0.35) ? `[${index(random)}]` : random.chance(0.5) ? `.${random.pick(plain)}` : `[${quotedName(random)}]`)).join('')}`;
}
